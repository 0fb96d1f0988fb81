"""Translating a text sentence by sentence, with the engine named and what was lost on the way listed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from donovan.llm.apertium import ApertiumTranslator
from donovan.llm.figures import missing_figures
from donovan.llm.interface import ModelUnavailable, never
from donovan.llm.languages import are_one_language, is_known, name_of
from donovan.llm.protecting import Kept, Known, nothing_known
from donovan.llm.providers import get_language_model
from donovan.llm.sentences import sentences
from donovan.llm.translators import LanguageModelTranslator, TranslationUnavailable, Translator

__all__ = [
    "Segment",
    "Translation",
    "TranslationUnavailable",
    "Translator",
    "chosen_translator",
    "segments_of",
]
__all__ += ["translate", "translators"]


@dataclass(frozen=True)
class Segment:
    """One sentence beside its translation. `start` and `end` are characters in the source text.

    `missing` are numbers of the source and terms of the glossary that the translation does not hold,
    `unknown` words that the engine did not know and left as they are, `places` where such stand in the target
    (start and end). Where `is_translated` is false the target is the source.
    """

    source: str
    target: str
    start: int
    end: int
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    is_translated: bool = True
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Translation:
    """A translated text, by whom, and what to be careful with (`notice`)."""

    text: str
    engine: str
    model: str
    notice: str
    segments: tuple[Segment, ...] = ()


def translators() -> list[Translator]:
    """The engines of this installation, the preferred one first."""
    engines: list[Translator] = [ApertiumTranslator()]
    try:
        engines.append(LanguageModelTranslator(get_language_model()))
    except ModelUnavailable:
        # Without a model there is still Apertium; a pair that it lacks ends with a sentence.
        return engines
    return engines


def chosen_translator(*, source: str, target: str, engine: str | None = None) -> Translator:
    """The engine called `engine`, or the best for the pair. Raises TranslationUnavailable."""
    if not is_known(target):
        raise TranslationUnavailable(
            f"“{target[:20]}” is not the code of a language known here. Use one like en or es."
        )
    if source and are_one_language(source, target):
        raise TranslationUnavailable(
            f"This is in {name_of(source)} already, so there is nothing to translate into {name_of(target)}."
        )
    engines = translators()
    if engine:
        engines = [each for each in engines if each.engine.casefold() == engine.casefold()]
        if not engines:
            names = ", ".join(each.engine for each in translators())
            raise TranslationUnavailable(
                f"There is no translation engine named “{engine[:40]}”. There are: {names}."
            )
    for each in engines:
        if each.can_translate(source, target):
            return each
    raise TranslationUnavailable(
        f"Nothing here translates from {name_of(source)} into {name_of(target)}. Install an Apertium pair "
        f"for it, or "
        "start the language model."
    )


def segments_of(
    text: str,
    translator: Translator,
    *,
    source: str,
    target: str,
    requester: str = "",
    is_cancelled: Callable[[], bool] = never,
    known: Known = nothing_known,
) -> Iterator[Segment]:
    """The sentences of `text` with their translations, as they are made. Ends early when cancelled.

    A term that `known` gives and the translation does not hold is among what is `missing`.
    """
    places = list(sentences(text))
    originals = [" ".join(text[start:end].split()) for start, end in places]
    results = translator.translate(
        originals, source=source, target=target, requester=requester, is_cancelled=is_cancelled, known=known
    )
    for (start, end), original, result in zip(places, originals, results, strict=False):
        terms = known(original)
        missing = missing_figures(_without(original, terms), result.text)
        missing += tuple(kept.said for kept in terms if kept.said not in result.text)
        yield Segment(
            original, result.text, start, end, missing, result.unknown, result.is_translated, result.places
        )


def _without(text: str, kept: Sequence[Kept]) -> str:
    """The text with blanks where a term stands: its numbers are those of its rendering."""
    for one in kept:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def joined(text: str, segments: tuple[Segment, ...]) -> str:
    """The translations in the places of their sentences: paragraphs and lines stay apart as they were."""
    parts: list[str] = []
    position = 0
    for segment in segments:
        gap = text[position : segment.start]
        parts.append("\n" * min(gap.count("\n"), 2) or (" " if parts else ""))
        parts.append(segment.target)
        position = segment.end
    return "".join(parts).strip()


def translate(
    text: str, *, source: str, target: str, engine: str | None = None, requester: str = ""
) -> Translation:
    """Translate a text. `source` may be empty where the language is not known.

    Raises TranslationUnavailable, whose sentence can be shown.
    """
    translator = chosen_translator(source=source, target=target, engine=engine)
    made = tuple(segments_of(text, translator, source=source, target=target, requester=requester))
    notice = notice_about(made, translator.notice_for(source, target))
    return Translation(
        joined(text, made), translator.engine, translator.model_for(source, target), notice, made
    )


def notice_about(segments: Sequence[Segment], notice: str) -> str:
    """The engine's notice, with what is wrong with these segments in particular."""
    said = [notice]
    lost = list(dict.fromkeys(figure for segment in segments for figure in segment.missing))
    if lost:
        shown = ", ".join(lost[:8]) + (" and others" if len(lost) > 8 else "")
        said.append(f"Not found again in the translation: {shown}.")
    left = sum(not segment.is_translated for segment in segments)
    if left:
        said.append(
            f"{left} of {len(segments)} sentences are left in the original, because what the engine wrote "
            f"for "
            "them was no translation."
        )
    return " ".join(said)
