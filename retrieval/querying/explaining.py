"""A query said back in words, so that whoever wrote it sees how it was read."""

from collections.abc import Sequence
from datetime import date

from retrieval.querying.reading import is_ranked
from retrieval.querying.tree import (
    And,
    Asked,
    AtPlaces,
    Dated,
    Fuzzy,
    Headed,
    InLanguages,
    Labelled,
    Near,
    Node,
    Not,
    OfTypes,
    OnPages,
    Or,
    Phrase,
    Titled,
    Wildcard,
    Word,
)

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def explained(tree: Node) -> str:
    """The whole query: “passages that hold “fuel” and not “convoy”, in PDF files”."""
    parts = _flat(tree) if isinstance(tree, And) else [tree]
    held = [_bracketed(part) if len(parts) > 1 else _held(part) for part in parts if _is_text(part)]
    others = [_said(part) for part in parts if not _is_text(part)]
    first = f"passages that hold {_listed(held, 'and')}" if held else "passages"
    said = ", ".join([first, *others]) if held else " ".join([first, ", ".join(others)])
    if not is_ranked(tree):
        said += ", in the order of documents, because there is no word to rank by"
    return said


def _flat(node: And | Or) -> list[Node]:
    kind = type(node)
    return [one for part in node.parts for one in (_flat(part) if isinstance(part, kind) else [part])]


def _is_text(node: Node) -> bool:
    if isinstance(node, And | Or):
        return all(_is_text(part) for part in node.parts)
    if isinstance(node, Not):
        return _is_text(node.part)
    return isinstance(node, Word | Phrase | Wildcard | Fuzzy | Near)


def _held(node: Node) -> str:
    """What is held, as it stands behind “that hold”."""
    if isinstance(node, Word):
        return f"“{node.text}”"
    if isinstance(node, Phrase):
        return f"exactly “{node.text}”"
    if isinstance(node, Wildcard):
        return f"a word like “{node.text}”"
    if isinstance(node, Fuzzy):
        letters = "1 letter" if node.distance == 1 else f"{node.distance} letters"
        return f"a word within {letters} of “{node.text}”"
    if isinstance(node, Near):
        words = "1 word" if node.distance == 1 else f"{node.distance} words"
        return f"{_bracketed(node.left)} at most {words} from {_bracketed(node.right)}"
    if isinstance(node, Not):
        return f"not {_bracketed(node.part)}"
    if isinstance(node, And):
        return _listed([_bracketed(part) for part in _flat(node)], "and")
    if isinstance(node, Or):
        return _listed([_bracketed(part) for part in _flat(node)], "or")
    return _said(node)


def _bracketed(node: Node) -> str:
    said = _held(node) if _is_text(node) else _said(node)
    return f"({said})" if isinstance(node, And | Or) else said


def _said(node: Node) -> str:
    """What is true of the passage, as it stands behind “passages”."""
    if _is_text(node):
        return f"holding {_held(node)}"
    if isinstance(node, Dated):
        return _dated(node)
    if isinstance(node, OnPages):
        return _on_pages(node)
    if isinstance(node, Titled):
        return f"in documents whose title holds {_held(node.text)}"
    if isinstance(node, Headed):
        return f"in mail {node.field} {_held(node.text)}"
    if isinstance(node, Labelled | OfTypes | InLanguages | AtPlaces):
        return node.words
    if isinstance(node, Asked):
        return f"with {node.field} “{node.value}”"
    if isinstance(node, Not):
        return f"not {_either(node.part)}"
    joined = "and" if isinstance(node, And) else "or"
    parts = _flat(node) if isinstance(node, And | Or) else []
    return ("either " if joined == "or" else "") + _listed([_either(part) for part in parts], joined)


def _either(node: Node) -> str:
    return f"({_said(node)})" if isinstance(node, And | Or) else _said(node)


def _listed(said: Sequence[str], joined: str) -> str:
    return f" {joined} ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else "".join(said)


def _dated(node: Dated) -> str:
    if node.first and node.first == node.last:
        return f"dated {_day(node.first)}"
    if node.first and node.last:
        return f"dated from {_day(node.first)} to {_day(node.last)}"
    if node.first:
        return f"dated {_day(node.first)} or later"
    return f"dated {_day(node.last)} or before" if node.last else "with any date"


def _on_pages(node: OnPages) -> str:
    if node.last is None:
        return f"on page {node.first} or later"
    return f"on page {node.first}" if node.first == node.last else f"on pages {node.first} to {node.last}"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
