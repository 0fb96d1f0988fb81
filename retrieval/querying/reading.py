"""How a text that was typed is read: as plain words, or as a query of the language."""

import re
from dataclasses import dataclass

from retrieval.querying.checking import MOST_CHARACTERS
from retrieval.querying.grammar import parse
from retrieval.querying.signs import is_language, is_question_with_quotations, tidied, tokens
from retrieval.querying.tree import And, Fuzzy, Leaf, Near, Node, Or, Phrase, Wildcard, Word
from retrieval.querying.values import quotation

_LETTERS = re.compile(r"[^*?]{3,}")


@dataclass(frozen=True)
class Reading:
    """A query of the language: what a passage must meet, and the words by which those that do are ranked."""

    tree: Node
    words: str


def read(text: str) -> Reading | None:
    """The reading of a query, None for plain words, which are searched for as they stand.

    Raises QueryError with a sentence for a query that cannot be read.
    """
    if not is_language(text[:MOST_CHARACTERS]):
        return None
    if len(text) <= MOST_CHARACTERS and is_question_with_quotations(text):
        quoted = [t for t in tokens(tidied(text)) if t.kind == "quoted"]
        phrases: list[Node] = [quotation(t.text, t.at) for t in quoted]
        return Reading(phrases[0] if len(phrases) == 1 else And(tuple(phrases)), text)
    tree = parse(text)
    return Reading(tree, " ".join(filter(None, map(_ranking, wanted(tree)))))


def wanted(node: Node) -> list[Leaf]:
    """The words and phrases that a passage is to hold, in the order of the query; none that it must not."""
    if isinstance(node, And | Or):
        return [leaf for part in node.parts for leaf in wanted(part)]
    if isinstance(node, Near):
        return [*wanted(node.left), *wanted(node.right)]
    return [node] if isinstance(node, Word | Phrase | Wildcard | Fuzzy) else []


def is_ranked(node: Node) -> bool:
    """Whether there is a word to rank by; else passages come in the order of documents."""
    return bool(wanted(node))


def _ranking(leaf: Leaf) -> str:
    return " ".join(_LETTERS.findall(leaf.text)) if isinstance(leaf, Wildcard) else leaf.text
