"""Whether files get the title that they bear, taken in and read by the product."""

import json
import tempfile
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import manage
from tests.benchmarks.title_papers import titled_files

TARGET = 0.9


def run() -> list[Figure]:
    files = list(titled_files())
    with tempfile.TemporaryDirectory(prefix="donovan-bench-") as folder:
        data, papers, report = Path(folder) / "data", Path(folder) / "papers", Path(folder) / "report.jsonl"
        papers.mkdir()
        for file in files:
            (papers / file.name).write_bytes(file.content)
        manage("migrate", "--no-input", data=data)
        manage("shell", "-c", "from donovan.access.cast import create_demo_people as make; make()", data=data)
        where = ("--collection", "relief", "--marking", "UNCLASSIFIED", "--report", report)
        manage("ingest", papers, *where, data=data)
        told = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    given = {row["path"]: row["title"] for row in told}
    right = {file.name: given[file.name] == file.title for file in files}
    kept_back = [right[file.name] for file in files if not file.is_fitted]
    wrong = "; ".join(f"{file.form}: {given[file.name]}" for file in files if not right[file.name])
    return [
        Figure("files", len(files)),
        Figure("titles as borne", sum(right.values()) / len(files), target=TARGET, note=wrong[:300]),
        Figure("titles as borne, forms kept back", sum(kept_back) / len(kept_back), target=TARGET),
    ]
