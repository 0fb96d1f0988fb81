"""What is odd in series and tables, beside the best single detector of the libraries on the same data."""

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data, manage_json

OURS = "ours"


def run() -> list[Figure]:
    report = manage_json("evaluate", "anomalies", evaluation_data("anomalies"))
    figures = []
    for kind, measure, title in (("nab", "f1", "F1 on series"), ("adbench", "roc_auc", "ROC-AUC on tables")):
        told = {name: each[measure] for name, each in report[kind].items()}
        single = {name: value for name, value in told.items() if not name.startswith(OURS)}
        best = max(single, key=lambda name: single[name])
        figures.append(Figure(f"{title}, Donovan", told[OURS], target=single[best], note=f"best: {best}"))
        figures += [Figure(f"{title}, {name}", value) for name, value in single.items()]
    return figures
