"""How the tests are spread over processes: a file stays together, and what takes longest begins first.

Some files share what is dear to make, or would be in each other's way: they go to one process as one piece.
Begun last, a long piece would leave the other process idle, so the long ones have an order here; the rest
follows as it lies.
"""

import importlib
import os
from pathlib import Path

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

# Files whose path begins like this are one piece. Whole installations run one after another, since each takes
# both cores and some gigabytes.
TOGETHER = {
    "tests/browser/": "installations",
    "tests/demo/": "installations",
    "tests/deploy/test_nothing_lost.py": "installations",
    "tests/llm/": "models",
}
# Each takes minutes or close to it.
LONGEST = (
    "installations",
    "models",
    "tests/training/test_reader_training.py",
    "tests/insight/anomalies/test_examinations.py",
    "tests/evaluation/test_questions_suite.py",
    "tests/evaluation/test_evaluate.py",
    "tests/evaluation/test_going_on.py",
    "tests/training/test_language_model.py",
    "tests/training/test_jobs.py",
)
READERS = Path(__file__).resolve().parents[2] / "ingest"


def piece_of(node: str) -> str:
    """The piece that a test belongs to, by its address."""
    file = node.split("::", 1)[0]
    return next((piece for start, piece in TOGETHER.items() if file.startswith(start)), file)


class PiecesScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Gives whole pieces to processes in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return piece_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> PiecesScheduling:
    config.option.loadscopereorder = False
    return PiecesScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest pieces first; within a piece the order stays."""
    order = {piece: place for place, piece in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(piece_of(item.nodeid), len(order)))


def pytest_configure() -> None:
    """Compile once what the sandboxes of ingest import: they may write nothing, and would do it each time."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    for folder in ("readers", "table_readers"):
        for path in sorted((READERS / folder).glob("[a-z]*.py")):
            importlib.import_module(f"ingest.{folder}.{path.stem}")
