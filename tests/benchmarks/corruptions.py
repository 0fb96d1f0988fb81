"""Single corruptions of true sentences in six languages, and digits changed in the forms of many locales.

Each sentence of the evaluation data is its own page. Beside it stand the sentence itself, the same reworded
and a clause of it, which must pass, and the same with one number, date, name, unit, denial, actor or hedge
changed, which must not. Only the half of the sentences that no rule was made on is measured;
`python -m tests.benchmarks.corruptions develop` measures the other half and prints what went wrong.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import django

from tests.assistant.locales import cases
from tests.benchmarks.corrupting import (
    FALSE,
    LANGUAGES,
    TRUE,
    Made,
    known_names,
    made_of,
    names_in,
    sentences,
)
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data

ROOT = Path(__file__).resolve().parents[2]
SENTENCES = int(os.environ.get("DONOVAN_BENCH_SENTENCES", "180"))
"""Of each language."""

LOCALE_CASES = 5_000
_SEED = 11


def run() -> list[Figure]:
    evaluation_data("translation")
    with tempfile.TemporaryDirectory(prefix="donovan-bench-") as scratch:
        environment = {**os.environ, "DONOVAN_DATA": scratch, "DONOVAN_IS_SCRATCH": "1"}
        environment |= {"DJANGO_SETTINGS_MODULE": "donovan.settings"}
        environment.pop("DONOVAN_DATABASE_URL", None)
        told = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.corruptions"],
            env=environment,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found = json.loads(told.stdout.splitlines()[-1])
    passed, asked = Counter(found["passed"]), Counter(found["asked"])
    false = sum(asked[f"all {kind}"] for kind in FALSE)
    true = sum(asked[f"all {kind}"] for kind in TRUE)
    wrong = sum(passed[f"all {kind}"] for kind in FALSE) / false
    right = sum(passed[f"all {kind}"] for kind in TRUE) / true
    of_all = f"of {false:,}, judged by {found['judge']}"
    locales = f"of {LOCALE_CASES:,}"
    return [
        Figure("single corruptions passed", wrong, target=0.01, bound="at_most", note=of_all),
        Figure("true ones stripped", 1 - right, target=0.2, bound="at_most", note=f"of {true:,}"),
        Figure("corruptions passed by the vetoes alone", found["by_vetoes"] / false),
        Figure("a digit changed, passed", found["locales_passed"], "cases", 0.0, "at_most", locales),
        Figure("unchanged in another form, passed", found["locales_true"] / LOCALE_CASES, target=1.0),
        *(
            Figure(f"{kind}, passed", passed[f"all {kind}"] / max(1, asked[f"all {kind}"]), note=_by_language(
                passed, asked, kind))
            for kind in (*TRUE, *FALSE)
        ),
    ]  # fmt: skip


def _by_language(passed: Counter[str], asked: Counter[str], kind: str) -> str:
    return " ".join(f"{one} {passed[f'{one} {kind}']}/{asked[f'{one} {kind}']}" for one in LANGUAGES)


def main(*, develop: bool) -> dict[str, Any]:
    """Every statement through the whole check, in the scratch installation that the environment names."""
    django.setup()
    from donovan.assistant.comparing import comparison
    from donovan.assistant.judging import judge_at_hand
    from donovan.assistant.spans import Span
    from donovan.assistant.verify import verify_claim
    from donovan.assistant.vetoes import objection_of
    from donovan.evaluation import scratch

    scratch.prepare()
    asked, passed, by_vetoes = Counter[str](), Counter[str](), 0
    for number, made in enumerate(_statements(develop=develop), start=1):
        text, language = made.sentence.text, made.sentence.language
        span = Span(uuid.UUID(int=0), 0, 1, 0, len(text), text, language=language, passage_text=text)
        verdict = verify_claim(made.text, [span], question="")
        for key in (f"{language} {made.kind}", f"all {made.kind}"):
            asked[key] += 1
            passed[key] += verdict.is_supported
        by_vetoes += not made.is_true and not objection_of(comparison(made.text, [span]))[1]
        if develop and verdict.is_supported != made.is_true:
            print(f"{language} {made.kind}: {made.text} | {text} | {verdict.reason}")
        if number % 500 == 0:
            print(f"{number:,} statements checked", file=sys.stderr, flush=True)
    judge = judge_at_hand()
    return {
        "asked": asked,
        "passed": passed,
        "by_vetoes": by_vetoes,
        "judge": "words alone" if judge is None else judge.name,
        **_locales(),
    }


def _statements(*, develop: bool) -> Iterator[Made]:
    folder = evaluation_data(".")
    for language in LANGUAGES:
        chance = random.Random(_SEED)
        chosen = [one for one in sentences(folder, language) if one.is_for_report != develop]
        names = known_names(folder, language) if language in ("ar", "zh") else []
        names = names or sorted({name for one in chosen for name in names_in(one.text)})
        chance.shuffle(chosen)
        for sentence in chosen[:SENTENCES]:
            yield from made_of(sentence, names, chance)


def _locales() -> dict[str, int]:
    """How many of the changed and of the unchanged numbers and dates the page is taken to hold."""
    from donovan.assistant.comparing import comparison
    from donovan.assistant.spans import Span
    from donovan.assistant.vetoes.anchors import lacks_anchor

    changed = unchanged = 0
    for case in islice(cases(random.Random(_SEED)), LOCALE_CASES):
        page = Span(uuid.UUID(int=0), 0, 1, 0, len(case.page), case.page, language=case.language)
        changed += not lacks_anchor(comparison(case.changed, [page]))
        unchanged += not lacks_anchor(comparison(case.true, [page]))
    return {"locales_passed": changed, "locales_true": unchanged}


if __name__ == "__main__":
    print(json.dumps(main(develop=sys.argv[1:] == ["develop"])))
