"""XQuAD in five languages: the gold answer among what is shown as supported, and not answered without it.

Each language is a collection of its own of 240 passages; the questions are those of one language and asked in
it. DONOVAN_BENCH_QUESTIONS says how many of each language (default 60), DONOVAN_BENCH_LANGUAGES which
(default: en,es,ru,ar,zh).
"""

import os

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data
from tests.benchmarks.shares import in_scratch, share, wanted

LANGUAGES = ("en", "es", "ru", "ar", "zh")
QUESTIONS = wanted(60)
ENGLISH_GOLD_TARGET = 0.85
ENGLISH_LEFT_OUT_TARGET = 0.93


def run() -> list[Figure]:
    folder = evaluation_data("questions")
    figures = []
    for language in languages():
        path = folder / f"xquad.{language}.json"
        found = in_scratch("tests.benchmarks.xquad_steps", path, language, str(QUESTIONS))
        with_it, without = found["with"], found["without"]
        n, is_english = with_it["questions"], language == "en"
        figures += [
            share(
                f"{language}: gold in the supported claims",
                round(with_it["gold_in_supported"] * n),
                n,
                ENGLISH_GOLD_TARGET if is_english else None,
            ),
            share(f"{language}: not answered though it is there", round(with_it["refused"] * n), n),
            share(
                f"{language}: not answered with its passage left out",
                round(without["refused"] * n),
                n,
                ENGLISH_LEFT_OUT_TARGET if is_english else None,
            ),
            Figure(f"{language}: shown as supported without support", with_it["unsupported_shown"]),
        ]
    return figures


def languages() -> tuple[str, ...]:
    """The languages asked for, in the order of the set."""
    said = os.environ.get("DONOVAN_BENCH_LANGUAGES", "").split(",")
    return tuple(language for language in LANGUAGES if language in said) or LANGUAGES
