"""What people get wrong in a query, each with its place and what helps."""

import re
from itertools import pairwise

from retrieval.querying.signs import FIELDS, Token, tokens
from retrieval.querying.tree import QueryError, wrong_at

MOST_CHARACTERS = 2_000
MOST_TERMS = 60
MOST_NESTED = 15
FARTHEST = 100

_NAMED = re.compile(r"(?P<name>[^\W\d_]{2,20}):(?P<value>.*)", re.DOTALL)
_HAS_WORD = re.compile(r"[^\W_]|\*")


def check(text: str) -> None:
    """Raises QueryError for the first thing that is wrong in the order of pieces. `text` is tidied."""
    pieces = [t for t in tokens(text) if t.kind != "bare" or is_said(t.text)]
    for piece in pieces:
        _check_piece(piece)
    _check_parentheses(pieces)
    _check_operators(pieces)
    terms = [t for t in pieces if t.kind in ("bare", "quoted", "condition")]
    if not terms:
        raise QueryError(
            "The query holds no word to look for. Write a word, a phrase in quotation marks, or a field."
        )
    if len(terms) > MOST_TERMS:
        raise wrong_at(
            terms[MOST_TERMS].at,
            terms[MOST_TERMS].text,
            f"a query can hold {MOST_TERMS} words, phrases and fields, and this is one more. "
            "Shorten it, or ask in two.",
        )


def is_said(bare: str) -> bool:
    """Whether a bare piece says anything: a dash or a full stop by itself does not."""
    return _HAS_WORD.search(bare) is not None


def without_signs(text: str) -> str:
    """The same text at the same places, with spaces for pieces that say nothing."""
    parts = list(text)
    for piece in tokens(text):
        if piece.kind == "bare" and not is_said(piece.text):
            parts[piece.at : piece.at + len(piece.text)] = " " * len(piece.text)
    return "".join(parts)


def _check_piece(piece: Token) -> None:
    if piece.kind == "quote":
        raise wrong_at(
            piece.at, piece.text, "this quotation mark has no partner. Close the phrase, or take it away."
        )
    named = _NAMED.fullmatch(piece.text) if piece.kind == "bare" else None
    if named is None:
        return
    if named["name"].casefold() in FIELDS:
        raise wrong_at(
            piece.at,
            piece.text,
            f"the value goes right behind the colon, without a space: {named['name'].casefold()}:… "
            "One of several words goes into quotation marks.",
        )
    if named["value"]:
        raise wrong_at(
            piece.at,
            piece.text,
            f"there is no field “{named['name']}”. Fields are {', '.join(FIELDS)}. "
            "Put it into quotation marks to look for it as it stands.",
        )


def _check_parentheses(pieces: list[Token]) -> None:
    left_open: list[Token] = []
    for before, piece in pairwise([Token("bare", "", 0), *pieces]):
        if piece.kind == "open":
            left_open.append(piece)
            if len(left_open) > MOST_NESTED:
                raise wrong_at(
                    piece.at,
                    piece.text,
                    f"parentheses can be {MOST_NESTED} deep, and this is one more. "
                    "Take away those that change nothing.",
                )
        elif piece.kind == "close":
            if not left_open:
                raise wrong_at(
                    piece.at,
                    piece.text,
                    "nothing was opened that this closes. Take it away, or open it before.",
                )
            if before.kind == "open":
                raise wrong_at(before.at, "()", "there is nothing between the parentheses. Take them away.")
            left_open.pop()
    if left_open:
        last = left_open[-1]
        raise wrong_at(last.at, last.text, "this parenthesis is not closed. Write ) where it ends.")


def _check_operators(pieces: list[Token]) -> None:
    edge = Token("open", "", 0)
    for before, piece, after in zip(
        [edge, *pieces], pieces, [*pieces[1:], Token("close", "", 0)], strict=False
    ):
        if piece.kind != "operator":
            continue
        begins = before.kind in ("open", "operator")
        ends = after.kind == "close" or (after.kind == "operator" and after.text != "NOT")
        if piece.text == "NOT":
            if ends:
                raise _without(piece, "what is not to be held goes behind it: fuel NOT convoy.")
        elif begins:
            raise _without(piece, f"it needs something before it: fuel {piece.text} convoy.")
        elif ends:
            raise _without(piece, f"it needs something behind it: fuel {piece.text} convoy.")
        elif _is_near(piece) and after.kind == "operator":
            raise _without(
                piece, "behind it goes a word or a phrase. Write NOT before what is not to be held."
            )


def _is_near(piece: Token) -> bool:
    return piece.text.upper().startswith("NEAR")


def _without(piece: Token, why: str) -> QueryError:
    return wrong_at(
        piece.at, piece.text, f"{why} In small letters, or in quotation marks, it is a word like any other."
    )
