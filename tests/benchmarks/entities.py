"""Entities found in the documents of re3d by what finds them in an installation, kind and both ends exact."""

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data, manage_json

TARGETS = {"date": 0.6, "place": 0.6}


def run() -> list[Figure]:
    told = manage_json("evaluate", "entities", evaluation_data("entities"))
    figures = [
        Figure("documents", told["documents"]),
        Figure("micro-F1, all kinds", told["micro"]["f1"], note=told["scored"]),
        Figure("micro-F1, sharing a character", told["micro"]["overlap_f1"]),
    ]
    for kind, line in told["kinds"].items():
        said = f"precision {line['precision']:.2f}, recall {line['recall']:.2f} of {line['gold']}"
        figures.append(Figure(f"F1, {kind}", line["f1"], target=TARGETS.get(kind), note=said))
    for source, line in told["sources"].items():
        figures += [
            Figure(f"F1, {kind}, {source}", line["kinds"][kind], target=target)
            for kind, target in TARGETS.items()
            if kind in line["kinds"]
        ]
    return figures
