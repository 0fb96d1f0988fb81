"""What the check of statements lets through, on judgements that people made: BEGIN and WiCE.

BEGIN holds answers that models gave to a piece of knowledge, each judged attributable to it or not; an answer
passes where each of its sentences does. WiCE holds claims of an encyclopaedia with the sentences of the page
that they cite; only wholly supported ones should pass. Both through `verify_claim` alone, with all of the
evidence as spans.

DONOVAN_BENCH_STATEMENTS says how many of each set (default 400), taken evenly.
"""

import os

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data
from tests.benchmarks.shares import in_scratch, share

STATEMENTS = int(os.environ.get("DONOVAN_BENCH_STATEMENTS", "400"))
ATTRIBUTABLE_TARGET = 0.80
NOT_ATTRIBUTABLE_TARGET = 0.02
BALANCED_TARGET = 0.70


def run() -> list[Figure]:
    found = in_scratch("tests.benchmarks.verifying_steps", evaluation_data("verification"), str(STATEMENTS))
    begin, wice = found["begin"], found["wice"]
    figures = [
        share("BEGIN: attributable, passed", *begin["attributable"], ATTRIBUTABLE_TARGET),
        share("BEGIN: not attributable, passed", *begin["not"], NOT_ATTRIBUTABLE_TARGET, "at_most"),
        share("BEGIN: generic, passed", *begin["generic"]),
        share("WiCE: supported, passed", *wice["supported"]),
        share("WiCE: partially supported, passed", *wice["partially_supported"]),
        share("WiCE: not supported, passed", *wice["not_supported"]),
    ]
    figures.append(Figure("WiCE: balanced accuracy", balanced(wice), "", BALANCED_TARGET))
    figures.append(Figure("milliseconds a statement, median", found["milliseconds"], "ms"))
    return figures


def balanced(wice: dict[str, list[int]]) -> float:
    """The mean of two shares: supported claims that pass, and other claims that do not. `wice` has for each
    label how many passed and how many there are.
    """
    passed, supported = wice["supported"]
    others = [wice["partially_supported"], wice["not_supported"]]
    wrongly, rest = (sum(row[column] for row in others) for column in (0, 1))
    return (passed / max(supported, 1) + 1 - wrongly / max(rest, 1)) / 2
