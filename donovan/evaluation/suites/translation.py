"""Do numbers, names and meaning come through, and is what does not come through said?

    chrf           overlap with a reference in character n-grams (Popović 2015)
    figures_kept   every number of the sentence stands in the translation, whatever divides its digits
    names_kept     share of the names that the source and the reference share which the translation holds too
    guard          what is shown as a translation lost no number without saying so

A pair that no engine of this machine translates is said, not scored. The language model is measured on the
same sentences as Apertium, since a trained model changes only the former.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from donovan.evaluation.chrf import chrf
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.measuring import FULL, Item, Measured, Work
from donovan.evaluation.sets import NO_FOLDER
from donovan.llm.translation import (
    Segment,
    TranslationUnavailable,
    Translator,
    chosen_translator,
    segments_of,
)

APERTIUM: Final = "Apertium"
MODEL: Final = "language model"
_MATERIAL = Path(__file__).resolve().parent.parent / "material" / "translation.json"
_NTREX: Final = {
    "es": "spa", "fr": "fra", "ru": "rus", "uk": "ukr", "ar": "arb", "zh": "zho-CN", "hr": "hrv",
    "sr": "srp-Latn", "mk": "mkd",
}  # fmt: skip
_DIGITS = re.compile(r"\d+(?:[.,  ’']\d+)*")
_NAME = re.compile(r"\b[A-Z][\w’'-]{2,}")


@dataclass(frozen=True)
class _Pair:
    """A sentence and its reference."""

    id: str
    source: str
    target: str
    text: str
    reference: str


def measure(work: Work) -> Measured:
    """The built-in sentences, and lines of the folder's translations where they are at hand."""
    measured = Measured()
    try:
        rows = json.loads(_MATERIAL.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableData("The built-in sentences (translation.json) cannot be read.") from error
    built_in = [
        _Pair(f"built-in:{row['from']}-{row['to']}:{number:02}", row["from"], row["to"], *row["texts"])
        for number, row in enumerate(rows, start=1)
    ]
    _translate(work, measured, built_in, "built-in", by_apertium=len(built_in), by_model=3)
    folder = work.folder("translation")
    if folder is None:
        measured.unmeasured.append(NO_FOLDER)
        return measured
    is_full = work.size == FULL
    for source, name in _NTREX.items():
        pairs = _ntrex(folder, source, "en", name, "eng")
        _translate(
            work, measured, pairs, "ntrex", by_apertium=100 if is_full else 12, by_model=20 if is_full else 1
        )
    pairs = _ntrex(folder, "en", "es", "eng", "spa")
    _translate(
        work, measured, pairs, "ntrex", by_apertium=100 if is_full else 12, by_model=20 if is_full else 1
    )
    return measured


def _ntrex(folder: Path, source: str, target: str, first: str, second: str) -> list[_Pair]:
    try:
        texts = (folder / f"{first}.txt").read_text(encoding="utf-8").splitlines()
        references = (folder / f"{second}.txt").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [
        _Pair(f"ntrex:{source}-{target}:{number:04}", source, target, text, reference)
        for number, (text, reference) in enumerate(zip(texts, references, strict=False))
        if 20 < len(text) < 240
    ]


def _translate(
    work: Work, measured: Measured, pairs: Sequence[_Pair], source: str, *, by_apertium: int, by_model: int
) -> None:
    languages = dict.fromkeys((pair.source, pair.target) for pair in pairs)
    for first, second in languages:
        rows = [pair for pair in pairs if (pair.source, pair.target) == (first, second)]
        for engine, most in ((APERTIUM, by_apertium), (MODEL, by_model)):
            try:
                translator = chosen_translator(source=first, target=second, engine=engine)
            except TranslationUnavailable:
                if engine == MODEL:
                    measured.unmeasured.append(
                        f"There is no language model to translate from {first} to {second}."
                    )
                elif (said := f"No Apertium pair translates from {first} to {second} here.") not in (
                    measured.unmeasured
                ):
                    measured.unmeasured.append(said)
                continue
            chosen = work.some(rows, quick=most, full=most)
            for done, pair in enumerate(chosen, start=1):
                name = f"{pair.id}:{'model' if translator.engine == MODEL else 'rules'}"
                measured.take(
                    work,
                    name,
                    pair.text,
                    pair.reference,
                    made_by=partial(_item, name, pair, translator, source),
                )
                work.on_progress(
                    done, len(chosen), f"sentences from {first} to {second} by {translator.engine}"
                )


def _item(name: str, pair: _Pair, translator: Translator, source: str) -> Item:
    segments = list(segments_of(pair.text, translator, source=pair.source, target=pair.target))
    said = " ".join(segment.target for segment in segments)
    scores = {
        "chrf": chrf(said, pair.reference),
        "figures_kept": float(_figures(pair.text) <= _figures(said)),
        "guard": float(all(_says_what_it_lost(segment) for segment in segments)),
    }
    names = {name for name in _NAME.findall(pair.text) if name in pair.reference}
    if names:
        scores["names_kept"] = sum(name in said for name in names) / len(names)
    slices = {
        "language": pair.source if pair.source != "en" else pair.target,
        "pair": f"{pair.source}-{pair.target}",
        "engine": translator.engine,
        "source": source,
    }
    return Item(name, scores, slices, {"text": pair.text, "said": said, "reference": pair.reference})


def _figures(text: str) -> frozenset[str]:
    return frozenset("".join(filter(str.isdigit, number)) for number in _DIGITS.findall(text))


def _says_what_it_lost(segment: Segment) -> bool:
    if not segment.is_translated:
        return True
    lost = _figures(segment.source) - _figures(segment.target)
    told = {"".join(filter(str.isdigit, number)) for number in segment.missing}
    return lost <= told
