"""The signs of the query language, and whether a text uses any of them.

Plain words and questions are never read as the language: a text is in it only where it uses an operator that
does not stand in prose by chance.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FIELDS = ("title", "from", "to", "date", "type", "lang", "marking", "collection", "entity", "page")

# A straight mark after a letter or figure opens nothing: 5" is a length, and Hebrew writes short forms so.
QUOTED = r'(?<!\w)"(?:[^"]|(?<=\w)"(?=\w))*"|[“”„][^“”„"]*[“”"]|«[^«»]*»'
_BEFORE = r"(?<![^\s()])"
_AFTER = r"(?![^\s()])"
FIELD = rf"{_BEFORE}(?P<field>(?i:{'|'.join(FIELDS)})):(?P<value>{QUOTED}|[^\s()\"“”„«»]+)"
NEAR = rf"{_BEFORE}(?:NEAR(?:/(?P<words>\d*))?|near/(?P<small>\d+)){_AFTER}"
AND, OR, NOT = (rf"{_BEFORE}{name}{_AFTER}" for name in ("AND", "OR", "NOT"))
BARE = r"(?:[^\s()\"“”„«»]|(?<=\w)\"(?=\w)|(?<=\d)\")+"

_TOKENS = re.compile(
    rf"(?P<quoted>{QUOTED})|(?P<operator>{AND}|{OR}|{NOT}|{NEAR})|(?P<condition>{FIELD})|(?P<open>\()"
    rf"|(?P<close>\))|(?P<bare>{BARE})|(?P<quote>[\"“”„«»])"
)
_UNSEEN = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\x00-\x1f]")
_FUZZY = re.compile(r"(?P<word>[^~]+)~(?P<distance>\d?)[.,;:!?؟]*")
_STARRED = re.compile(r"\w\*|\*\w|\w\?(?=\w)")
_LETTER = re.compile(r"[^\W_]")
_ENDS_AS_QUESTION = re.compile(r"[?؟？]\W*$")

Kind = Literal["quoted", "operator", "condition", "open", "close", "bare", "quote"]


@dataclass(frozen=True)
class Token:
    kind: Kind
    text: str
    at: int


def tidied(text: str) -> str:
    """The same text at the same places, marks of writing direction and control signs as spaces."""
    return _UNSEEN.sub(" ", text)


def tokens(text: str) -> Iterator[Token]:
    """The pieces of a tidied text, in order, with all that is not white space."""
    for found in _TOKENS.finditer(text):
        # The last group to match is the outermost of those that name a kind of token.
        kind: Kind = next(k for k in _KINDS if found[k] is not None)
        yield Token(kind, found[0], found.start())


_KINDS: tuple[Kind, ...] = ("quoted", "operator", "condition", "open", "close", "bare", "quote")


def is_fuzzy(bare: str) -> bool:
    """Whether ~ stands behind a word. Behind a figure it says "about" or "to" (5~7)."""
    found = _FUZZY.fullmatch(bare)
    return found is not None and any(sign.isalpha() for sign in found["word"])


def fuzzy_parts(bare: str) -> tuple[str, str]:
    """The word and the digit behind ~, "" where there is none; the text itself when it is not fuzzy."""
    found = _FUZZY.fullmatch(bare)
    return (found["word"], found["distance"]) if found else (bare, "")


def is_language(text: str) -> bool:
    """Whether a text uses an operator of the query language; everything else is searched for as it stands."""
    found = list(tokens(tidied(text)))
    if not _LETTER.search(text):
        return any(t.kind in ("open", "close", "quoted") or set(t.text) & {"*", "~"} for t in found)
    return any(
        t.kind in ("quoted", "operator", "condition")
        or (t.kind == "bare" and (is_fuzzy(t.text) or bool(_STARRED.search(t.text))))
        for t in found
    )


def is_question_with_quotations(text: str) -> bool:
    """Whether a text is a question in prose that uses no operator but quotation marks.

    Then what is quoted has to be held, and the rest of the words only rank: no passage holds a question.
    """
    if not _ENDS_AS_QUESTION.search(text):
        return False
    return all(
        t.kind in ("quoted", "open", "close")
        or (t.kind == "bare" and not is_fuzzy(t.text) and not _STARRED.search(t.text))
        for t in tokens(tidied(text))
    )
