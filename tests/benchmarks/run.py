"""Run the benchmarks and print their figures: `make bench`, `make bench BENCH="memory ocr --json"`."""

import argparse
import sys
import time
from collections.abc import Callable

from tests.benchmarks import (
    active_selection,
    adapter_training,
    anomalies,
    answers,
    arithmetic,
    corruptions,
    dates,
    entities,
    floors,
    gate,
    labellers,
    latency,
    markings,
    memory,
    messy,
    million,
    names,
    ocr,
    planted,
    questions,
    record,
    reports,
    retrieval,
    retriever_training,
    similar,
    summaries,
    tables,
    titles,
    training_kills,
    translation_keeps,
    translation_routes,
    verifying,
    within,
    work_kills,
    xquad,
)
from tests.benchmarks.figures import Figure, Outcome, as_json, as_table
from tests.benchmarks.machine import SkippedError

BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "retrieval": retrieval.run,
    "names": names.run,
    "floors": floors.run,
    "similar": similar.run,
    "answers": answers.run,
    "questions": questions.run,
    "xquad": xquad.run,
    "policies": within.run_policies,
    "contexts": within.run_contexts,
    "verifying": verifying.run,
    "latency": latency.run,
    "ocr": ocr.run,
    "messy": messy.run,
    "dates": dates.run,
    "titles": titles.run,
    "anomalies": anomalies.run,
    "memory": memory.run,
    "million": million.run,
    "entities": entities.run,
    "planted": planted.run,
    "corruptions": corruptions.run,
    "tables": tables.run,
    "arithmetic": arithmetic.run,
    "reports": reports.run,
    "summaries": summaries.run,
    "translation_keeps": translation_keeps.run,
    "translation_routes": translation_routes.run,
    "labellers": labellers.run,
    "active_selection": active_selection.run,
    "retriever_training": retriever_training.run,
    "adapter_training": adapter_training.run,
    "gate": gate.run,
    "training_kills": training_kills.run,
    "work_kills": work_kills.run,
    "markings": markings.run,
    "record": record.run,
}


def measure(name: str) -> Outcome:
    """Run one benchmark; what cannot be measured here is an outcome too."""
    started = time.monotonic()
    try:
        figures = BENCHMARKS[name]()
    except SkippedError as reason:
        return Outcome(name, skipped=str(reason), seconds=time.monotonic() - started)
    return Outcome(name, tuple(figures), seconds=time.monotonic() - started)


def main() -> int:
    """Returns 0: whether a figure is reached is for the reader to judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.run", description="Measure Donovan.")
    parser.add_argument(
        "names", nargs="*", metavar="BENCHMARK", help=f"of {', '.join(BENCHMARKS)}; all without any"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    outcomes = []
    for name in options.names or BENCHMARKS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        outcomes.append(measure(name))
        if not options.json:
            print(as_table(outcomes[-1:]), flush=True)
    if options.json:
        print(as_json(outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
