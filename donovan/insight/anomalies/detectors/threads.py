"""One thread for the engines, because more than the process may have give wrong results.

scikit-learn divides its search for neighbours by the threads that OpenMP promises. Under OMP_THREAD_LIMIT,
which OCR needs, OpenMP starts fewer, and places that no thread filled come back as neighbours. One thread is
also what makes sums come out the same each time, and leaves the other cores to the pages.
"""

from threadpoolctl import threadpool_limits


def one_thread() -> threadpool_limits:
    """A context within which OpenMP and BLAS use one thread."""
    return threadpool_limits(limits=1)
