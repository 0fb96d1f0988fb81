"""What a follow-up means: "he", "it", "there" and "and why?" read after what was asked and answered before.

A pronoun stands for the latest name of its kind: of the question before it, or of the supported statements
that answered it. What the earlier question asked for goes first: after "Who leads it?", "he" is the answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from donovan.assistant.earlier import Earlier
from donovan.assistant.models import Answer
from donovan.assistant.naming import PERSON, PLACE, THING, TITLES, UNKNOWN, Named, names_in
from donovan.assistant.terms import is_stop_word

ANSWERS_LOOKED_BACK = 5
LONGEST_STATEMENT = 300

# The kinds of name that a pronoun may stand for: those of the first group before those of the next.
Kinds = tuple[frozenset[str], ...]
_A_PERSON: Kinds = (frozenset({PERSON}), frozenset({UNKNOWN}))
_A_PLACE: Kinds = (frozenset({PLACE}), frozenset({THING}), frozenset({UNKNOWN}))
_A_THING: Kinds = (frozenset({THING, UNKNOWN}), frozenset({PLACE}))
_SOME: Kinds = (frozenset({THING, PERSON}), frozenset({UNKNOWN}), frozenset({PLACE}))
_PRONOUNS: dict[str, Kinds] = {
    pronoun: kinds
    for pronouns, kinds in (
        ("he him his she her hers él ella он ему она ей elle", _A_PERSON),
        ("there allí ahí там", _A_PLACE),
        ("it its eso ello оно", _A_THING),
        ("they them their theirs ellos они его её их", _SOME),
    )
    for pronoun in pronouns.split(" ")
}
_WORD = re.compile(r"[^\W\d_]+")
# "Is there a road?" names no place, and "Is it true that ..." no thing.
_EMPTY = re.compile(
    r"\b(?:is|are|was|were|be|been)\s+there\s+(?=\w)|\bthere\s+(?:is|are|was|were|has|have|will)\b"
    r"|\b(?:is|was)\s+it\s+(?:true|possible|likely|known|clear|certain)\b|\bwhat\s+time\s+is\s+it\b",
    re.IGNORECASE,
)
_POINTING_NOUN = re.compile(r"\b(?:that|this|the)\s+([^\W\d_]{3,})", re.IGNORECASE)
_GO_ON = r"(?:and|but|so|y|pero|а|и|но|et|und)?[\s,]*+"
_BARE = re.compile(
    rf"\s*+(?:¿\s*+)?{_GO_ON}"
    r"(why|how|when|where|who|by whom|since when|until when|how long|how often|what for|with whom"
    r"|por qué|cómo|cuándo|dónde|quién|почему|как|когда|где|кто"
    r"|pourquoi|comment|quand|où|qui|warum|wann|wo|wer)"
    r"(?:\s+(?:exactly|so|then|not))?\s*+[?？.!]*+\s*+",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\s*+(?:¿\s*+)?(?:and\s+|but\s+|so\s+)?(?:what about|how about|and|but|y|а|и)\s+(.{2,80}?)"
    r"\s*+[?？.!]*+\s*+",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"(?:in|at|for|of|on|near|from|to|by|with|en|de|para)\s+", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:who|whom|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|will|would)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\s*(?P<asked>(?:(?:by|with|since|until|for)\s+)?(?:who|whom|what|which|when|where|why|how)\b.*?)\s+"
    r"(?P<clause>(?P<aux>is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)\b.+)",
    re.IGNORECASE,
)
# After one of these the rest of the question is a whole clause.
_ADVERBIAL = re.compile(
    r"(?:when|where|why|how(?!\s+(?:many|much))|since|until|by|with|for)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Reading:
    """How a follow-up is read. `labels` are those of the statements that lent it a name."""

    text: str
    labels: frozenset[str] = frozenset()


def read_after(text: str, language: str, earlier: Sequence[Answer]) -> Reading | None:
    """How a question reads after the answers before it in its thread, newest first; None where as it stands.

    Only answers that the person who asks may still read are to be given.
    """
    before = [Earlier(answer) for answer in earlier[:ANSWERS_LOOKED_BACK]]
    if not before:
        return None
    if bare := _BARE.fullmatch(text):
        return _asked_further(bare[1], before[0])
    other = _OTHER.fullmatch(text)
    if other and not _ASKS.search(other[1]):
        return _asked_of_another(other[1], language, before[0])
    return _with_pronouns(text, language, before) or _with_pointing_noun(text, language, before)


def _asked_further(word: str, before: Earlier) -> Reading | None:
    """ "And why?" after "When was the bridge closed?" is "Why was the bridge closed?"."""
    clause = _CLAUSE.fullmatch(before.question.strip(" ?？."))
    word = word[:1].upper() + word[1:]
    if clause and _ADVERBIAL.match(clause["asked"]):
        return Reading(f"{word} {clause['clause']}?", before.lent)
    if before.statements:
        statement, citations = before.statements[0]
        said = " ".join(statement.split())[:LONGEST_STATEMENT]
        return Reading(f"{word}? ({said})", frozenset(citation.label for citation in citations))
    return Reading(f"{word}? ({before.question})", before.lent)


def _asked_of_another(rest: str, language: str, before: Earlier) -> Reading:
    """ "And the ford?" asks of the ford what was asked before; of a quality, what was asked about has it."""
    named, asked = names_in(rest, language), before.asked_about
    rest = _PREPOSITION.sub("", rest, count=1)
    if named and asked:
        same = next((one for one in asked if one.kind and one.kind == named[0].kind), asked[0])
        return Reading(_replaced(before.question, same.text, rest), before.lent)
    if named or not asked:
        return Reading(f"{before.question.rstrip('?？. ')} ({rest})?", before.lent)
    return Reading(f"{rest[:1].upper()}{rest[1:]} of {asked[0].text}?", asked[0].labels)


def _with_pronouns(text: str, language: str, before: Sequence[Earlier]) -> Reading | None:
    empty = [match.span() for match in _EMPTY.finditer(text)]
    own = [text.casefold().find(named.text.casefold()) for named in names_in(text, language)]
    labels: set[str] = set()
    parts, subjects, position = [], [], 0
    for match in _WORD.finditer(text):
        kinds = _PRONOUNS.get(match[0].casefold())
        if kinds is None or any(start <= match.start() < end for start, end in empty):
            continue
        if any(start < match.start() for start in own):
            continue
        found = _antecedent(kinds, before)
        if found is None:
            continue
        labels |= found.labels
        subjects.append(found.text)
        parts += [
            text[position : match.start()],
            _in_place(match[0], found.text, text[match.end() :], language),
        ]
        position = match.end()
    if not subjects:
        return None
    if language != "en":
        return Reading(f"{text.rstrip('?. ')} ({', '.join(dict.fromkeys(subjects))})?", frozenset(labels))
    return Reading(_begun("".join([*parts, text[position:]])), frozenset(labels))


def _with_pointing_noun(text: str, language: str, before: Sequence[Earlier]) -> Reading | None:
    """ "that bridge" after the Orlov bridge was spoken of; only in a question that names nothing itself."""
    if names_in(text, language):
        return None
    for match in _POINTING_NOUN.finditer(text):
        ending = f" {match[1].casefold()}"
        for earlier in before:
            for named in (*earlier.asked_about, *earlier.told):
                if named.text.casefold().endswith(ending):
                    whole = named.text if named.text.startswith("the ") else f"the {named.text}"
                    return Reading(_begun(text[: match.start()] + whole + text[match.end() :]), named.labels)
    return None


def _antecedent(kinds: Kinds, before: Sequence[Earlier]) -> Named | None:
    """The latest name of one of the kinds, of the first group that has any."""
    for earlier in before:
        asked = earlier.asked_about or _noun_of(earlier.question, earlier.lent)
        for group in kinds:
            is_sought = bool(earlier.expects) and earlier.expects in group
            for pool in (earlier.told, asked) if is_sought else (asked, earlier.told):
                if found := next((named for named in pool if named.kind in group), None):
                    return found
    return None


def _noun_of(question: str, labels: frozenset[str]) -> list[Named]:
    """ "the bridge" of a question that names nothing: the first noun with an article, with its adjectives."""
    for match in re.finditer(r"\bthe\s+((?:[a-z-]+\s+){0,2}[a-z-]+)", question):
        words = []
        for word in match[1].split():
            if is_stop_word(word, "en") or re.search(r"(?:ed|ing)$", word):
                break
            words.append(word)
        if len(words) > 1 and re.search(r"\b(?:do|does|did|will|can)\s+$", question[: match.start()]):
            # "did the minister say": the last of them is the verb.
            words.pop()
        if words:
            kind = PERSON if words[-1] in TITLES else THING
            return [Named("the " + " ".join(words), kind, labels)]
    return []


def _in_place(pronoun: str, name: str, following: str, language: str) -> str:
    owns = re.match(r"\s+([^\W\d_]+)", following)
    is_owner = pronoun.casefold() in ("its", "their", "his") or (
        pronoun.casefold() == "her" and owns is not None and not is_stop_word(owns[1], language)
    )
    if pronoun.casefold() == "there":
        return f"at {name}" if name.startswith("the ") else f"in {name}"
    return f"{name}’s" if is_owner else name


def _replaced(text: str, name: str, other: str) -> str:
    start = text.casefold().find(name.casefold())
    if name.startswith("the ") and not other.startswith("the "):
        other = f"the {other}" if other[:1].islower() else other
    return text[:start] + other + text[start + len(name) :]


def _begun(text: str) -> str:
    """A sentence that begins as one: without the "and" that only joins it, with a capital."""
    text = re.sub(r"^\s*(?:and|but|so)\b[\s,]*", "", text, flags=re.IGNORECASE)
    return text[:1].upper() + text[1:]
