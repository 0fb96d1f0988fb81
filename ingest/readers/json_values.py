"""The values in a JSON file, one at a time, with the digits of their numbers as they are written.

A file may be one value, a list, values one after the other, or a value a line (JSON lines). Half a file gives
what is whole in it; where it breaks is told, and what stands behind is given as it is.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_WHITE = " \t\r\n"
_NESTED = 12
_FAILURES = 100
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],]', re.DOTALL)
_OPENING = {"{": "}", "[": "]"}
_DATA = re.compile(r"(?:data:[\w/+.;=-]{0,120},)?[A-Za-z0-9+/=_\s-]{1000,}+", re.ASCII)
_SPACED = re.compile(r"[^\s]{200}")


class Number(str):
    """A number with the digits it was written with."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number)


@dataclass
class Values:
    """What `values` could not read: the first line that is no JSON (0 where all is), and the text of what is
    none. `is_list` where the whole file is one list.
    """

    text: str
    broken_at: int = 0
    spoilt: list[str] = field(default_factory=list)
    spoilt_lines: int = 0
    is_list: bool = False

    def break_at(self, place: int, end: int | None = None) -> None:
        """Note that the text from `place` to `end` is no JSON."""
        self.broken_at = self.broken_at or self.text.count("\n", 0, skipped(self.text, place)) + 1
        if rest := self.text[place:end].strip():
            self.spoilt.append(rest)


def loaded(text: str) -> object:
    """The one value that `text` is; None where it is none."""
    try:
        return _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        return None


def values(source: Values) -> Iterator[tuple[int, object]]:
    """Each value with its number: elements of a list of objects or lists are counted from 1, values that
    stand one after the other have that of their line.
    """
    text = source.text
    start = skipped(text, 0)
    inner = skipped(text, start + 1)
    if text[start : start + 1] == "[" and text[inner : inner + 1] in {"{", "["}:
        source.is_list = True
        yield from _elements(source, inner)
        return
    yield from _in_turn(source, start)


def _elements(source: Values, place: int) -> Iterator[tuple[int, object]]:
    """The elements of a list; ends where the list does, or where it is broken."""
    text, number = source.text, 0
    while place < len(text):
        before = place
        try:
            value, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            kept = _mended(text, before)
            if kept is not None and kept[0]:
                yield number + 1, kept[0]
            source.break_at(kept[1] if kept is not None else before)
            return
        number += 1
        yield number, value
        place = skipped(text, place)
        if text[place : place + 1] == "]":
            if skipped(text, place + 1) < len(text):
                source.break_at(place + 1)
            return
        if text[place : place + 1] != ",":
            source.break_at(place)
            return
        place = skipped(text, place + 1)
        if text[place : place + 1] == "]":
            return
    source.break_at(len(text))


def _in_turn(source: Values, place: int) -> Iterator[tuple[int, object]]:
    """Values one after the other. A line that is none is left out, and reading goes on with the next."""
    text, number, line, counted = source.text, 0, 1, 0
    # Where much is broken, a value may no longer go on behind its line: lines would be read over and over.
    failed = 0
    while place < len(text):
        line += text.count("\n", counted, place)
        counted = place
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        try:
            if failed < _FAILURES:
                value, after = _DECODER.raw_decode(text, place)
            else:
                value, after = _DECODER.decode(text[place:end]), end
        except (ValueError, RecursionError) as error:
            failed += _FAILURES if isinstance(error, RecursionError) else 1
            if number == 0 and not _goes_on(text, end):
                yield from _broken_value(source, place)
                return
            source.break_at(place, end)
            source.spoilt_lines += 1
            place = skipped(text, end)
            continue
        number = max(number + 1, line)
        yield number, value
        place = skipped(text, after)
        if text[place : place + 1] == ",":
            place = skipped(text, place + 1)


def _broken_value(source: Values, place: int) -> Iterator[tuple[int, object]]:
    kept = _mended(source.text, place)
    if kept is None:
        source.break_at(place)
        return
    yield 1, kept[0]
    source.break_at(kept[1])


def _goes_on(text: str, end: int) -> bool:
    """Whether a line behind a broken one is a value by itself."""
    line = text[end:].lstrip(_WHITE).split("\n", 1)[0]
    return line.startswith("{") and loaded(line) is not None


def _mended(text: str, start: int) -> tuple[object, int] | None:
    """What is whole in a value that breaks off or is damaged, and where the rest begins.

    The value is cut behind the last member that is complete, and what is open there is closed.
    """
    try:
        _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        breaks = error.pos
    except RecursionError:
        return None
    open_brackets: list[str] = []
    safe, depth, head = start, 0, start
    for found in _TOKEN.finditer(text, start, breaks):
        sign = found[0]
        if sign in _OPENING:
            open_brackets.append(_OPENING[sign])
            safe, depth, head = found.end(), len(open_brackets), found.end()
        elif sign in "}]":
            if not open_brackets:
                break
            open_brackets.pop()
            safe, depth, head = found.end(), len(open_brackets), found.end()
        elif sign == ",":
            safe, depth, head = found.start(), len(open_brackets), found.end()
    if not depth:
        return None
    try:
        value = _DECODER.decode(text[start:safe] + "".join(reversed(open_brackets[:depth])))
    except (ValueError, RecursionError):
        return None
    return value, head


def skipped(text: str, place: int) -> int:
    """Where the next character stands that is not white."""
    while place < len(text) and text[place] in _WHITE:
        place += 1
    return place


def flat(record: dict[str, object], path: str = "", depth: int = 0) -> dict[str, str]:
    """The fields of a record, nested ones under dotted names."""
    found: dict[str, str] = {}
    for key, value in record.items():
        place = f"{path}.{key}" if path else str(key)
        if isinstance(value, dict) and value and depth < _NESTED:
            found.update(flat(value, place, depth + 1))
        else:
            found[place] = shown(value)
    return found


def shown(value: object) -> str:
    """A value as it stands in a cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    return json.dumps(_unnumbered(value), ensure_ascii=False)


def _unnumbered(value: object, depth: int = 0) -> object:
    """Lists and objects inside a cell, with their numbers as JSON writes them."""
    if depth > 4 * _NESTED:
        return "…"
    if isinstance(value, Number):
        return float(value) if set(value) & set(".eE") else int(value)
    if isinstance(value, dict):
        return {key: _unnumbered(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unnumbered(inner, depth + 1) for inner in value]
    return value


def is_packed_data(text: str) -> bool:
    """Whether a long text is bytes written as letters (base64), which nobody can read or search."""
    return len(text) >= 1000 and bool(_SPACED.search(text[:400])) and bool(_DATA.fullmatch(text))
