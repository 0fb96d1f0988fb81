"""Every regular expression of the product, hostile texts for each, and how its work grows with them."""

import importlib
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from itertools import islice
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any

import donovan
import ingest
import retrieval

# Parts of what `re` itself parses a pattern into; it has no public name for them.
_parser = re._parser  # type: ignore[attr-defined]
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_CATEGORIES = {
    "CATEGORY_DIGIT": "7", "CATEGORY_NOT_DIGIT": "x", "CATEGORY_SPACE": " ", "CATEGORY_NOT_SPACE": "x",
    "CATEGORY_WORD": "a", "CATEGORY_NOT_WORD": ".",
}  # fmt: skip
_SAMPLES = "a7 .-A,\n/:(é'\"_@\t<=;|[{#*&%+"
_LARGE = 65
MOST_SECONDS = 1.5
FLOOR_SECONDS = 0.02
SIZE = 1_600
TIMES = 4
# Linear work grows four times where the text does, quadratic work sixteen times.
STEEPEST = 9.0


SEARCHING = frozenset({"search", "finditer", "findall", "sub", "subn", "split"})
ONCE = frozenset({"match", "fullmatch"})


# Where a module does different things with patterns of two containers.
USED_ONLY_BY = {"donovan.llm.protecting._SHAPES": frozenset({"fullmatch"})}


class TooLong(Exception):
    """The pattern was at it for longer than anything linear needs by a hundred times."""


def modules() -> Iterator[ModuleType]:
    """Every module of the three packages that can be imported here."""
    for package in (ingest, retrieval, donovan):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name and ".management" not in found.name:
                with suppress(ImportError):
                    yield importlib.import_module(found.name)


def compiled_patterns() -> dict[str, "re.Pattern[str] | re.Pattern[bytes]"]:
    """The patterns that modules hold, in containers, classes and defaults too, by place and number."""
    found: dict[tuple[str | bytes, int], str] = {}
    kept: dict[str, re.Pattern[str] | re.Pattern[bytes]] = {}
    for module in modules():
        for name, value in sorted(vars(module).items()):
            for number, pattern in enumerate(_inside(value, module.__name__, depth=4)):
                key = (pattern.pattern, pattern.flags)
                if key not in found:
                    found[key] = place = f"{module.__name__}.{name}[{number}]"
                    kept[place] = pattern
    return kept


def called_methods(place: str) -> frozenset[str]:
    """How the code calls the pattern at `place`: by its name in the module that holds it and in those that
    take it from there. All of them where that cannot be read off, as for patterns inside a container.
    """
    module, _, rest = place.rpartition(".")
    name, _, _ = rest.partition("[")
    holder = sys.modules[module]
    if not isinstance(getattr(holder, name, None), re.Pattern):
        # In a container: whatever the module that holds it does with a pattern that has no name of its own.
        text = Path(str(holder.__file__)).read_text(encoding="utf-8")
        called = re.findall(r"(\w+)(?:\[\w+\])?\.(\w+)\(", text)
        named = {key for key, value in vars(holder).items() if isinstance(value, re.Pattern)} | {"re"}
        if place.partition("[")[0] in USED_ONLY_BY:
            return USED_ONLY_BY[place.partition("[")[0]]
        used = frozenset(method for owner, method in called if owner not in named) & (SEARCHING | ONCE)
        return used if used and used <= ONCE else SEARCHING
    pattern = getattr(holder, name)
    names = {name} | {key for key, value in vars(holder).items() if value is pattern}
    users = {holder.__file__} | {
        other.__file__
        for other in list(sys.modules.values())
        if isinstance(other, ModuleType)
        and (vars(other).get(name) is pattern or vars(other).get(module.rpartition(".")[2]) is holder)
    }
    found: set[str] = set()
    for file in users:
        text = Path(file).read_text(encoding="utf-8") if file else ""
        for known in names:
            uses = re.findall(rf"\b{re.escape(known)}\b(\.\w+)?", text)
            found |= {use[1:] for use in uses if use}
            # Handed on by its name: whoever gets it may search. The line that makes it is one such use.
            if text.count(known) and uses.count("") > (1 if file == holder.__file__ else 0) + len(
                re.findall(rf"import[^\n]*\b{re.escape(known)}\b", text)
            ):
                return SEARCHING
    used = frozenset(found) & (SEARCHING | ONCE)
    return used or SEARCHING


def _inside(value: Any, module: str, depth: int) -> Iterator[Any]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth == 0:
        return
    elif isinstance(value, dict):
        for part in list(value.values()) + list(value.keys()):
            yield from _inside(part, module, depth - 1)
    elif isinstance(value, tuple | list | set | frozenset):
        for part in value:
            yield from _inside(part, module, depth - 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _inside(getattr(value, field.name, None), module, depth - 1)
    elif isinstance(value, type) and value.__module__ == module:
        for part in vars(value).values():
            yield from _inside(part, module, depth - 1)
    elif isinstance(value, FunctionType) and value.__module__ == module:
        for part in value.__defaults__ or ():
            yield from _inside(part, module, depth - 1)
    elif hasattr(value, "func") and hasattr(value, "args"):
        yield from _inside((value.func, value.args), module, depth - 1)
    elif hasattr(value, "__self__") and isinstance(getattr(value, "__self__", None), re.Pattern):
        yield value.__self__


def hostile_texts(pattern: "re.Pattern[Any]", size: int) -> Iterator[str]:
    """Texts of about `size` characters made for this pattern: what each of its repetitions takes, many times,
    after what has to stand before it, and then what the pattern cannot end with.
    """
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = _parser.parse(
        text, pattern.flags & ~re.UNICODE if not isinstance(pattern.pattern, str) else pattern.flags
    )
    found: dict[tuple[str, str], None] = {}
    for before, body in _repetitions(tree, ""):
        found.setdefault((before, body), None)
    for before, body in islice(found, _LARGE):
        if not body:
            continue
        count = max(1, size // len(body))
        yield before + body * count + "\x00"
        yield (before + body) * max(1, size // len(before + body)) + "\x00"
        if before and before != body:
            yield body * count + "\x00"
    whole = _sample(tree)
    if whole:
        yield whole * max(1, size // len(whole))
        yield whole[:-1] * max(1, size // max(1, len(whole) - 1)) + "\x00"
    for sign in " .\n":
        yield sign * size + "\x00"
        yield ("a" + sign) * (size // 2)


def _repetitions(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """(what a match has before it, one round) of each repetition that has no small end."""
    for operation, argument in tree:
        name = str(operation)
        if name in _REPEATS:
            _, most, inner = argument
            yield from _repetitions(inner, before)
            if most is _parser.MAXREPEAT or most >= _LARGE:
                for body in _samples(inner):
                    yield before, body
        elif name == "SUBPATTERN":
            yield from _repetitions(argument[3], before)
        elif name == "ATOMIC_GROUP":
            yield from _repetitions(argument, before)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _repetitions(branch, before)
        elif name in {"ASSERT", "ASSERT_NOT"}:
            yield from _repetitions(argument[1], before if argument[0] > 0 else "")
        before = (before + _sample([(operation, argument)]))[-40:]


def _samples(tree: Any) -> list[str]:
    """Some texts that `tree` takes: different signs of a class, each branch."""
    first = _sample(tree)
    others = [_sample(tree, turn) for turn in range(1, 6)]
    return list(dict.fromkeys([first, *others]))


def _sample(tree: Any, turn: int = 0) -> str:
    return "".join(_one(str(operation), argument, turn) for operation, argument in tree)


def _one(name: str, argument: Any, turn: int) -> str:
    if name == "LITERAL":
        return chr(argument)
    if name == "NOT_LITERAL":
        return next(sign for sign in _SAMPLES if ord(sign) != argument)
    if name == "ANY":
        return _SAMPLES[turn % 5].replace("\n", "a")
    if name == "IN":
        fitting = [sign for sign in _SAMPLES if _takes(argument, sign)] or _first_of(argument)
        return fitting[turn % len(fitting)] if fitting else ""
    if name in _REPEATS:
        least, most, inner = argument
        return _sample(inner, turn) * (max(least, 1) if most else 0)
    if name == "SUBPATTERN":
        return _sample(argument[3], turn)
    if name == "ATOMIC_GROUP":
        return _sample(argument, turn)
    if name == "BRANCH":
        return _sample(argument[1][turn % len(argument[1])], turn)
    return ""


def _takes(parts: Any, sign: str) -> bool:
    is_taken = is_negated = False
    for operation, argument in parts:
        name = str(operation)
        if name == "NEGATE":
            is_negated = True
        elif name == "LITERAL":
            is_taken |= ord(sign) == argument
        elif name == "RANGE":
            is_taken |= argument[0] <= ord(sign) <= argument[1]
        elif name == "CATEGORY":
            is_taken |= _is_of(str(argument), sign)
    return is_taken != is_negated


def _is_of(category: str, sign: str) -> bool:
    fits = {
        "DIGIT": sign.isdigit(), "SPACE": sign.isspace(), "WORD": sign.isalnum() or sign == "_"
    }[category.rsplit("_", 1)[-1]]  # fmt: skip
    return not fits if "NOT" in category else fits


def _first_of(parts: Any) -> list[str]:
    for operation, argument in parts:
        if str(operation) == "LITERAL":
            return [chr(argument)]
        if str(operation) == "RANGE":
            return [chr(argument[0])]
        if str(operation) == "CATEGORY":
            return [_CATEGORIES[str(argument)]]
    return []


def seconds(act: Callable[[str], object], text: str) -> float:
    """Processor time of looking through `text`, without what it had to wait for. Raises TooLong."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    began = time.process_time()
    try:
        act(text)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - began


def growth(act: Callable[[str], object], make: Callable[[int], str], size: int = SIZE) -> float:
    """How many times more work a text of four times the length is; 0 where both are too little to measure.

    Sizes grow towards the last, so that what grows without bound is found while it is small.
    """
    for small in (size // 100, size // 10):
        try:
            seconds(act, make(small))
        except TooLong:
            return float("inf")
    try:
        large = seconds(act, make(size * TIMES))
        if large < FLOOR_SECONDS:
            return 0.0
        # A machine that is busy measures too much, never too little.
        small_time = min(seconds(act, make(size)) for _ in range(3))
        large = min(large, seconds(act, make(size * TIMES)))
    except TooLong:
        return float("inf")
    return large / max(small_time, 1e-6) if large >= FLOOR_SECONDS else 0.0


def _act(pattern: "re.Pattern[Any]", methods: frozenset[str]) -> Callable[[str], None]:
    is_text = isinstance(pattern.pattern, str)
    calls = [getattr(pattern, name) for name in sorted(methods & ONCE)]

    def act(text: str) -> None:
        said = text if is_text else text.encode("utf-8")
        for call in calls:
            call(said)
        if methods & SEARCHING:
            for _ in pattern.finditer(said):
                pass

    return act


def growth_of(pattern: "re.Pattern[Any]", methods: frozenset[str] = SEARCHING) -> tuple[float, str]:
    """The steepest growth of a pattern over its hostile texts, and how that text begins. `methods` are those
    that the code calls: one that looks only where it stands is not made to search.
    """
    act = _act(pattern, methods)
    count = sum(1 for _ in hostile_texts(pattern, 60))
    worst = (0.0, "")
    for number in range(count):

        def make(size: int, number: int = number) -> str:
            return next(islice(hostile_texts(pattern, size), number, None), "")

        found = growth(act, make)
        if found > worst[0]:
            worst = (found, make(40)[:60])
            if found > STEEPEST:
                break
    return worst


def longest_time(pattern: "re.Pattern[Any]", methods: frozenset[str], size: int) -> float:
    """Seconds of the hostile text of `size` characters that takes the longest; infinite past MOST_SECONDS."""
    act = _act(pattern, methods)
    try:
        return max((seconds(act, text[:size]) for text in hostile_texts(pattern, size)), default=0.0)
    except TooLong:
        return float("inf")
