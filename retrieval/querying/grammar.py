"""From the text of a query to its tree.

The grammar is written with pyparsing. It has one way to read each text and looks one piece ahead, so it takes
time in proportion to the length. What people get wrong is looked for first, piece by piece, because a parser
only knows that it cannot go on, and not what was meant.

    query       = alternative
    alternative = conjunction (OR conjunction)*
    conjunction = negation ([AND] negation)*
    negation    = NOT* proximity
    proximity   = atom (NEAR/n atom)*
    atom        = field:value | "phrase" | ( alternative ) | word
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import cast

from pyparsing import (
    Forward,
    Group,
    Opt,
    ParseBaseException,
    ParserElement,
    ParseResults,
    Regex,
    StringEnd,
    Suppress,
    ZeroOrMore,
)

from retrieval.querying import signs, values
from retrieval.querying.checking import FARTHEST, MOST_CHARACTERS, check, without_signs
from retrieval.querying.tree import (
    And,
    Asked,
    Fuzzy,
    Headed,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    QueryError,
    Titled,
    Wildcard,
    Word,
    wrong_at,
)

NEAR_UNLESS_SAID = 10


def parse(text: str) -> Node:
    """The tree of a query of the language. Raises QueryError with the sentence for what is wrong with it."""
    if len(text) > MOST_CHARACTERS:
        raise QueryError(
            f"The query has {len(text):,} characters, and at most {MOST_CHARACTERS:,} can be read. "
            "Shorten it to the words that matter."
        )
    text = signs.tidied(text)
    check(text)
    try:
        found = _grammar().parse_string(without_signs(text))
    except ParseBaseException as error:
        # What a parse action finds wrong comes through as it was raised; this text `check` let pass.
        raise wrong_at(error.loc, text[error.loc :], "the query cannot be read from here on.") from error
    return cast(Node, found[0])


@lru_cache(maxsize=1)
def _grammar() -> ParserElement:
    conjoin, negate, either = Suppress(Regex(signs.AND)), Regex(signs.NOT), Suppress(Regex(signs.OR))
    near = Regex(signs.NEAR).set_parse_action(_near_distance)
    condition = Regex(signs.FIELD).set_parse_action(_condition)
    quotation = Regex(signs.QUOTED).set_parse_action(lambda _, at, found: values.quotation(found[0], at))
    operator = f"{signs.AND}|{signs.OR}|{signs.NOT}|{signs.NEAR}"
    bare = Regex(f"(?!{operator}){signs.BARE}").set_parse_action(
        lambda _, at, found: values.leaf(found[0], at)
    )
    alternative = Forward()
    group = Suppress("(") + alternative + Suppress(")")
    atom = condition | quotation | group | bare
    proximity = Group(atom + ZeroOrMore(near + atom)).set_parse_action(_proximity)
    negation = (ZeroOrMore(negate) + proximity).set_parse_action(_negation)
    conjunction = Group(negation + ZeroOrMore(Opt(conjoin) + negation)).set_parse_action(_joined(And))
    alternative <<= Group(conjunction + ZeroOrMore(either + conjunction)).set_parse_action(_joined(Or))
    return alternative + StringEnd()


def _joined(kind: type[And] | type[Or]) -> Callable[[ParseResults], Node]:
    def joined(found: ParseResults) -> Node:
        parts = list(found[0])
        return cast(Node, parts[0]) if len(parts) == 1 else kind(tuple(parts))

    return joined


def _negation(found: ParseResults) -> Node:
    *nots, part = found
    return Not(part) if len(nots) % 2 else cast(Node, part)


def _near_distance(text: str, at: int, found: ParseResults) -> tuple[int, int]:
    digits = re.sub(r"\D", "", found[0])
    distance = int(digits) if digits else NEAR_UNLESS_SAID
    if not 1 <= distance <= FARTHEST:
        raise wrong_at(at, found[0], f"words can be 1 to {FARTHEST} apart. Write NEAR/5 for at most five.")
    return distance, at


def _proximity(found: ParseResults) -> Node:
    """`a NEAR/3 b NEAR/5 c` is a near b and b near c."""
    parts = list(found[0])
    things, distances = parts[::2], parts[1::2]
    for (distance, at), pair in zip(distances, pairwise(things), strict=True):
        for thing in pair:
            if not _can_be_near(thing):
                raise wrong_at(
                    at,
                    f"NEAR/{distance}",
                    "on either side goes a word, a phrase, or several with OR in parentheses: "
                    "(fuel OR diesel) NEAR/5 convoy.",
                )
    near = [Near(a, b, d, at) for (a, b), (d, at) in zip(pairwise(things), distances, strict=True)]
    if not near:
        return cast(Node, things[0])
    return near[0] if len(near) == 1 else And(tuple(near))


def _can_be_near(node: Node) -> bool:
    if isinstance(node, Or):
        return all(_can_be_near(part) for part in node.parts)
    return isinstance(node, Word | Phrase | Wildcard | Fuzzy)


def _condition(text: str, at: int, found: ParseResults) -> Node:
    field, value = found["field"].casefold(), found["value"]
    behind = at + len(field) + 1
    if field == "date":
        return values.dated(value, behind)
    if field == "page":
        return values.pages(value, behind)
    if field == "title":
        return Titled(values.text_value(value, behind))
    if field in ("from", "to"):
        return Headed(field, values.text_value(value, behind))
    inside = values.unquoted(value)
    if not inside:
        raise wrong_at(
            behind, value, "there is nothing behind the field. Write a value right after the colon."
        )
    return Asked(field, inside, behind)
