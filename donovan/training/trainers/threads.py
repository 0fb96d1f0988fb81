"""How many threads a training may use.

torch divides its work by the threads it was promised. Under OMP_THREAD_LIMIT, which OCR needs, OpenMP starts
fewer, and what no thread computed is left as it was in memory: attention then gives numbers that are none.
"""

import os


def threads_to_use(wanted: int = 0) -> int:
    """`wanted`, or OMP_NUM_THREADS, or one a core; never more than OpenMP will start."""
    threads = wanted or int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
    limit = int(os.environ.get("OMP_THREAD_LIMIT") or threads)
    return max(1, min(threads, limit))
