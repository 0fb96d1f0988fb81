"""Whether similar passages come from the same article: XQuAD in five languages, its titles hidden."""

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data
from tests.benchmarks.shares import in_scratch

LANGUAGES = ("en", "es", "ru", "ar", "zh")


def run() -> list[Figure]:
    figures = []
    for language in LANGUAGES:
        told = in_scratch("tests.benchmarks.similar_steps", evaluation_data(f"retrieval/xquad-{language}"))
        figures += [
            Figure(f"{language} of the four first in the same article", told["precision"]),
            Figure(
                f"{language} first of the same article, MRR",
                told["reciprocal"],
                note=f"{told['documents']} paragraphs of {told['articles']} articles",
            ),
            Figure(f"{language} median", told["milliseconds"], "ms"),
        ]
    return figures
