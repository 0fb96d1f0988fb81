"""How sure the cited words are, the statement must be: no more, and no less."""

import re

from donovan.assistant.comparing import Cited, Comparison, plain_words
from donovan.assistant.force_words import DOUBTS, HAN_DOUBTS
from donovan.assistant.speech_words import GENERIC_SPEAKERS
from donovan.assistant.statements import Certainty, Frame
from donovan.assistant.terms import stem_of, stems_in

_HAN = re.compile(r"[\u3400-\u9fff]")
_EVERY_DOUBT = frozenset().union(*DOUBTS.values(), *HAN_DOUBTS.values())
_DROPPED = {
    Certainty.REPORTED: "It tells as a fact what the cited words only report{who}.",
    Certainty.BELIEVED: "It tells as a fact what the cited words call a belief{who}.",
    Certainty.DENIED: "It tells as a fact what the cited words say is denied{who}.",
    Certainty.PLANNED: "It tells as a fact what the cited words call planned or foreseen.",
    Certainty.ASKED: "The cited words only ask this.",
}
# What may stand for what: a belief that is told "according to" its holder is still told as hers.
_KEPT_BY = {
    Certainty.REPORTED: {Certainty.REPORTED},
    Certainty.BELIEVED: {Certainty.BELIEVED, Certainty.REPORTED},
    Certainty.DENIED: {Certainty.DENIED},
    Certainty.PLANNED: {Certainty.PLANNED},
    Certainty.ASKED: {Certainty.ASKED},
}


def drops_frame(comparison: Comparison) -> str:
    """What the page only reports, believes, plans, asks or denies, told as a fact, or without saying whose
    words it is.
    """
    for one in comparison.cited:
        for frame in one.frames:
            if not comparison.draws_from(one, frame.scope_start, frame.scope_end, (frame.start, frame.end)):
                continue
            kept = [mine for mine in comparison.frames if mine.certainty in _KEPT_BY[frame.certainty]]
            if not kept and not _says_so_in_a_noun(comparison, frame):
                who = f" by “{frame.speaker[:60]}”" if frame.speaker else ""
                if frame.certainty is Certainty.BELIEVED and who:
                    who = who.replace(" by ", " of ", 1)
                return _DROPPED[frame.certainty].format(who=who)
            if _loses_speaker(comparison, one, frame):
                return f"It leaves out that “{frame.speaker[:60]}” says so."
    return ""


def _says_so_in_a_noun(comparison: Comparison, frame: Frame) -> bool:
    """ "The plan to open the bridge" keeps that the opening is planned; "will" has no noun."""
    if frame.certainty is Certainty.ASKED:
        return False
    cue = {stem_of(word, comparison.language) for word in frame.cue.split() if len(word) > 3}
    return bool(cue & stems_in(comparison.text, comparison.language))


def _loses_speaker(comparison: Comparison, one: Cited, frame: Frame) -> bool:
    if frame.certainty is Certainty.PLANNED:
        return False
    names = [
        term
        for term in one.sure_names
        if term.is_name and term.kind == "word" and _is_of_speaker(one, frame, term.surface)
    ]
    return bool(names) and not any(mine.is_supported_by(name) for name in names for mine in comparison.said)


def _is_of_speaker(one: Cited, frame: Frame, surface: str) -> bool:
    return surface in frame.speaker.split() or f"{surface} " in f"{frame.speaker} "


def makes_frame(comparison: Comparison) -> str:
    """A statement that has somebody say, believe, deny or plan what the cited words do not tell so."""
    for mine in comparison.frames:
        if any(
            theirs.certainty is mine.certainty or mine.certainty in _KEPT_BY[theirs.certainty]
            for one in comparison.cited
            for theirs in one.frames
        ):
            continue
        speaker = set(plain_words(mine.speaker))
        if mine.certainty is Certainty.REPORTED and speaker & GENERIC_SPEAKERS:
            continue
        cue = {stem_of(word, comparison.language) for word in plain_words(mine.cue)}
        if any(cue & stems_in(one.text, one.language) for one in comparison.cited):
            continue
        if mine.certainty is Certainty.PLANNED and any(_doubts(one.text) for one in comparison.cited):
            continue
        return f"It says “{mine.cue[:40]}”, and the cited words do not."
    return ""


def changes_doubt(comparison: Comparison) -> str:
    """A "may", "unconfirmed" or "if" that was dropped or added."""
    said = _doubts(comparison.text)
    for one in comparison.cited:
        for start, end in _clauses_with_tails(one):
            missing = {kind: word for kind, word in _doubts(one.text[start:end]).items() if kind not in said}
            # A "may" says less than "probably", and claims no more.
            if "possible" in said:
                missing.pop("probable", None)
            if missing and comparison.draws_from(one, start, end):
                return f"It states as certain what the cited words call “{next(iter(missing.values()))}”."
    return _added_doubt(comparison)


def _added_doubt(comparison: Comparison) -> str:
    held = [word for one in comparison.cited for word in _doubt_words(f"{one.text} {one.span.context}")]
    frames = {frame.certainty for one in comparison.cited for frame in one.frames}
    # What is only reported may be called alleged, and what is planned expected.
    free = (DOUBTS["unproven"] if frames & {Certainty.REPORTED, Certainty.BELIEVED} else frozenset()) | (
        DOUBTS["should"] if Certainty.PLANNED in frames else frozenset()
    )
    said = [word for word in _doubt_words(comparison.text) if word not in free]
    if len(said) <= len(held):
        return ""
    added = next((word for word in said if word not in held), said[-1])
    return f"The cited words do not say “{added}”."


def _clauses_with_tails(one: Cited) -> list[tuple[int, int]]:
    """The clauses of a span; one of a word or two ("Perhaps, ...") is read with the next."""
    clauses: list[tuple[int, int]] = []
    start = -1
    for begin, end in one.clauses:
        start = begin if start < 0 else start
        if len(one.text[start:end].split()) > 2 or one.language.startswith("zh"):
            clauses.append((start, end))
            start = -1
    if start >= 0:
        clauses.append((start, len(one.text)))
    return clauses


def _doubts(text: str) -> dict[str, str]:
    """The kinds of doubt of a text, each with the word that makes it."""
    found: dict[str, str] = {}
    for word in _doubt_words(text):
        for kind, listed in DOUBTS.items():
            if word in listed or word in HAN_DOUBTS[kind]:
                found.setdefault(kind, word)
    return found


def _doubt_words(text: str) -> list[str]:
    words = plain_words(text)
    if _HAN.search(text):
        words += [sign for signs in HAN_DOUBTS.values() for sign in signs for _ in range(text.count(sign))]
    return [word for word in words if word in _EVERY_DOUBT]
