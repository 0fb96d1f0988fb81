"""What a statement names must stand in what it cites: numbers with their units, dates, names."""

import re
from collections.abc import Sequence

from donovan.assistant.comparing import Cited, Comparison
from donovan.assistant.fitting import opposites_between
from donovan.assistant.force_words import BARE_ANSWERS
from donovan.assistant.instructions import reads_like_instruction
from donovan.assistant.questions import Question
from donovan.assistant.statements import Certainty, read_statement
from donovan.assistant.terms import Term, carrier_stems, is_stop_word, stems_in, terms_of

_PROPERTY = re.compile(
    r"\s*+(?:The|El|La|Le|L['’]|Der|Die|Das)\s++(?P<property>[^\W\d_]+(?:\s[^\W\d_]+)?)\s+"
    r"(?:of|del?|du|des|de\sla|von)\s++(?:the\s++)?(?P<thing>[^,.;:]{1,60}?)\s+(?:is|was|are|were|es|era|est|était|ist|war)\s",
    re.IGNORECASE,
)


def says_nothing(comparison: Comparison) -> str:
    """A statement without content, a bare yes or no, and a question."""
    if all(term.surface.casefold() in BARE_ANSWERS for term in comparison.said):
        return "It states nothing."
    if read_statement(comparison.text, comparison.language).certainty is Certainty.ASKED:
        has_speaker = any(frame.certainty is Certainty.ASKED and frame.speaker for frame in comparison.frames)
        return "" if has_speaker else "It asks, and states nothing."
    return ""


def cites_instruction(comparison: Comparison) -> str:
    """Words that address the program support nothing."""
    if any(reads_like_instruction(one.text) for one in comparison.cited):
        return "The cited words are an instruction to the program, not a statement."
    return ""


def lacks_anchor(comparison: Comparison) -> str:
    """A number, date or name that neither a cited span nor a heading above it holds.

    Where the writing has no capitals nothing tells a name from a word, so there every word must be held.
    """
    carriers = carrier_stems(comparison.language)
    for term in comparison.said:
        if not term.is_anchor and comparison.has_capitals:
            continue
        if term.kind == "word" and not term.is_name and term.key in carriers:
            continue
        if comparison.holds(term) or is_held_otherwise(comparison, term) or comparison.is_free(term):
            continue
        return lacking(term)
    return _told_too_often(comparison)


def _told_too_often(comparison: Comparison) -> str:
    """A number that stands in the statement more often than in all that it cites: it took another's place."""
    bodies = [other for one in comparison.cited for other in (*one.body, *one.around)]
    for term in comparison.said:
        if term.kind == "word":
            continue
        here = sum(term.is_supported_by(mine) and mine.is_supported_by(term) for mine in comparison.said)
        there = sum(term.is_supported_by(other) for other in bodies)
        if here > max(1, there):
            return f"The cited words say “{term.surface[:60]}” of one thing only."
    return ""


def lacking(term: Term) -> str:
    return f"The cited words do not hold “{term.surface[:60]}”."


def is_held_otherwise(comparison: Comparison, term: Term) -> bool:
    """ "No. 4" is "4th": the same figures inside a code. Two Chinese signs may only join what is held."""
    if term.kind == "word":
        return term.start in comparison.covered
    digits = re.sub(r"\D", "", term.surface)
    others = [other for one in comparison.cited for other in (*one.body, *one.around)]
    return (
        bool(digits)
        and term.quantity is not None
        and not term.quantity.unit
        and any(
            other.kind == "word" and re.fullmatch(rf"0*{digits}(?:st|nd|rd|th)?", other.key)
            for other in others
        )
    )


def names_property_of_nothing(comparison: Comparison) -> str:
    """A property that the cited words do not name, or a thing told as a property of itself: "The plate of the
    van is a grey van".
    """
    match = _PROPERTY.match(comparison.text)
    if match is None:
        return ""
    wanted = stems_in(match["property"], comparison.language)
    told = stems_in(comparison.text[match.end() :], comparison.language)
    thing = {
        term.key
        for term in terms_of(match["thing"], comparison.language)
        if term.kind == "word" and not is_stop_word(term.surface, comparison.language)
    }
    named = frozenset[str]().union(
        *(
            stems_in(f"{one.text}\n{one.span.lead}\n{one.span.heading}", one.language)
            for one in comparison.cited
        )
    )
    if wanted and not wanted & named:
        return f"The cited words do not speak of “{match['property'][:60]}”."
    if thing and thing <= told and not wanted & told and not comparison.is_verbatim:
        return f"It tells “{match['thing'][:60]}” as a property of itself."
    return ""


def is_about_other_name(comparison: Comparison) -> str:
    """A name of the question that neither the spans nor anything around them holds."""
    question = comparison.question
    if question is None:
        return ""
    around = frozenset[str]().union(*(_around(one) for one in comparison.cited))
    for name, stems in zip(question.names, question.name_stems, strict=False):
        if not any(_same_name(stem, word) for stem in stems for word in around):
            return f"The cited words are not about “{' '.join(name)[:60]}”."
    return ""


def _around(one: Cited) -> frozenset[str]:
    return stems_in(f"{one.span.context}\n{one.text}", one.language) | stems_in(
        one.span.passage_text, one.language
    )


def _same_name(stem: str, word: str) -> bool:
    return stem == word or (len(stem) >= 5 and word.startswith(stem[:-1]) and len(word) - len(stem) <= 3)


def repeats_question(comparison: Comparison) -> str:
    """It must say something that the question did not say already."""
    question = comparison.question
    if question is None or _adds_to(comparison, question):
        return ""
    return "It says nothing that the question did not say."


def _adds_to(comparison: Comparison, question: Question) -> bool:
    asked = terms_of(question.text, comparison.language)
    carriers = carrier_stems(comparison.language)
    bodies = [other for one in comparison.cited for other in one.body]
    return any(
        not any(term.is_supported_by(other) for other in asked)
        and any(term.is_supported_by(other) for other in bodies)
        and (term.is_anchor or term.key not in carriers)
        for term in comparison.said
    )


def puts_date_of_heading(comparison: Comparison) -> str:
    """A date from the headings in the place of the one that the cited words give themselves."""
    said = [term for term in comparison.said if term.kind == "date"]
    own = [term for one in comparison.cited for term in one.body if term.kind == "date"]
    if not own or _any_held(said, own):
        return ""
    around = [term for one in comparison.cited for term in one.around]
    return f"The cited words say “{own[0].surface[:60]}”." if _any_held(said, around) else ""


def _any_held(said: Sequence[Term], others: Sequence[Term]) -> bool:
    return any(term.is_supported_by(other) for term in said for other in others)


def says_opposite(comparison: Comparison) -> str:
    """ "Northern" where the cited words say "southern"."""
    keys = frozenset(term.key for term in comparison.said if term.kind == "word")
    held = frozenset(
        term.key for one in comparison.cited for term in (*one.body, *one.around) if term.kind == "word"
    )
    clash = opposites_between(keys, held)
    return f"The cited words say “{clash}”." if clash else ""
