"""What each way through Apertium is worth: chrF against the references of NTREX, beside the text as it is.

A way is worth offering where its chrF is above that of the text left untranslated, which shares names and
numbers with the reference.
"""

from statistics import fmean

from donovan.evaluation.chrf import chrf
from donovan.llm.apertium import ROUTES, ApertiumTranslator
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import SkippedError, evaluation_data

FILES = {"en": "eng", "es": "spa", "fr": "fra", "hr": "hrv", "mk": "mkd", "sr": "srp-Latn"}
DIRECT = (("es", "en"), ("en", "es"), ("sr", "en"), ("hr", "en"), ("mk", "en"))


def run() -> list[Figure]:
    folder = evaluation_data("translation")
    texts = {code: (folder / f"{file}.txt").read_text("utf-8").splitlines() for code, file in FILES.items()}
    translator = ApertiumTranslator()
    figures = []
    for source, target in (*DIRECT, *ROUTES):
        if not translator.can_translate(source, target):
            continue
        lines, references = texts[source], texts[target]
        made = [one.text for one in translator.translate(lines, source=source, target=target)]
        plain = fmean(map(chrf, lines, references))
        score = fmean(map(chrf, made, references))
        note = f"{translator.model_for(source, target)}; untranslated {plain:.3f}; {len(lines)} lines"
        figures.append(Figure(f"chrF, {source} to {target}", score, target=plain, note=note))
    if not figures:
        raise SkippedError("Apertium is not installed with any of these pairs.")
    return figures
