"""The pages for people, and what a page may name: files, links, targets of make, commands, settings.

Each check takes a page and gives the sentences about what is wrong with it, so that a page made wrong on
purpose shows that the check sees it.
"""

import re
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("ingest", "retrieval", "donovan", "deploy", "docs", "tests")
# What is made by the commands, and so is not in the repository.
MADE = (".venv", "var", "bundle")
_ENDINGS = (".py", ".md", ".sh", ".svg", ".png", ".toml", ".lock", ".service", ".html", ".css")

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^(?: {4}| {7}).+$", re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_ROOTED = re.compile(rf"(?<![\w/.=-])(?:{'|'.join(ROOMS)})/[\w./*-]*")
_LINK = re.compile(r"\]\(([^)\s]*)\)")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
_MAKE = re.compile(r"(?<![\w./-])make +((?:[A-Z]+=\S+ +)*)([a-z][a-z-]*)")
_MANAGE = re.compile(r"manage\.py +([a-z_]+)([^\n`]*)")
_MODULE = re.compile(r"-m +((?:ingest|retrieval|donovan|deploy|tests)(?:\.\w+)+)")
_BENCH = re.compile(r'BENCH="?([a-z_ ]+)')
_VARIABLE = re.compile(r"\bDONOVAN_[A-Z_]+\b")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@dataclass(frozen=True)
class DocPage:
    """A page by its place below the root, and its text."""

    place: str
    text: str

    @property
    def code(self) -> str:
        """What stands in code, inline or in blocks; the rest of the page is prose."""
        blocks = _FENCED.findall(self.text)
        rest = _FENCED.sub("", self.text)
        return "\n".join([*blocks, *_INDENTED.findall(rest), *_INLINE.findall(rest)])

    @property
    def inline(self) -> list[str]:
        return _INLINE.findall(_FENCED.sub("", self.text))


Check = Callable[[DocPage], list[str]]


def all_pages() -> list[DocPage]:
    """Every page for people at the root and in docs/."""
    paths = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
    paths += sorted((ROOT / "docs").rglob("*.md"))
    return [DocPage(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def missing_paths(page: DocPage) -> list[str]:
    """Files and folders that the page names and that are not there."""
    named = {found.rstrip(".") for found in _ROOTED.findall(page.text)}
    named |= {token for token in page.inline if _is_path(token)}
    folder = (ROOT / page.place).parent
    return [
        f"{page.place}: there is no {name}"
        for name in sorted(named)
        if not any(
            any(place.glob(name)) if "*" in name else (place / name).exists() for place in (ROOT, folder)
        )
    ]


def _is_path(token: str) -> bool:
    first, *_ = token.split("/", maxsplit=1)
    if not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*/?", token) or first in MADE:
        return False
    return token.endswith(_ENDINGS) or ("/" in token and not first.isupper() and not token[0].isdigit())


def broken_links(page: DocPage) -> list[str]:
    """Links within the repository that lead nowhere, and places on a page that it does not have."""
    wrong = []
    for target in _LINK.findall(_FENCED.sub("", page.text)):
        name, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", name):
            continue
        path = (ROOT / page.place).parent / name if name else ROOT / page.place
        if name and not path.exists():
            wrong.append(f"{page.place}: the link {target} leads nowhere")
        elif anchor and anchor not in anchors_of(path.read_text(encoding="utf-8") if name else page.text):
            wrong.append(f"{page.place}: the link {target} names no heading")
    return wrong


def anchors_of(text: str) -> set[str]:
    """Headings of a page as the addresses that they get."""
    headings = _HEADING.findall(_FENCED.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def unknown_targets(page: DocPage) -> list[str]:
    """Targets of make that the Makefile does not have, and benchmarks that there are not."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    benchmarks = set(
        re.findall(r'^    "(\w+)": ', (ROOT / "tests/benchmarks/run.py").read_text(), re.MULTILINE)
    )
    wrong = [f"make {target}" for _, target in _MAKE.findall(page.code) if target not in targets]
    for names in _BENCH.findall(page.code):
        wrong += [f"BENCH={name}" for name in names.split() if name not in benchmarks]
    return [f"{page.place}: there is no {name}" for name in wrong]


def unknown_commands(page: DocPage) -> list[str]:
    """Commands of manage.py and modules that are not there, and options that a command does not take."""
    wrong = []
    for name, rest in _MANAGE.findall(page.code):
        if name not in get_commands():
            wrong.append(f"manage.py {name}")
            continue
        wrong += [
            f"manage.py {name} {option}" for option in _OPTION.findall(rest) if option not in options(name)
        ]
    wrong += [f"module {name}" for name in _MODULE.findall(page.code) if find_spec(name) is None]
    return [f"{page.place}: there is no {each}" for each in wrong]


@cache
def options(command: str) -> frozenset[str]:
    """Every option of a command, those of its parts too."""
    parser = load_command_class(get_commands()[command], command).create_parser("manage.py", command)
    return frozenset(_options_of(parser))


def _options_of(parser: ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from action.option_strings
        if isinstance(action, _SubParsersAction):
            for part in action.choices.values():
                yield from _options_of(part)


def unknown_variables(page: DocPage) -> list[str]:
    """Settings that no part of the product or of its measurements reads."""
    read = _variables_read()
    return [
        f"{page.place}: nothing reads {name}"
        for name in sorted(set(_VARIABLE.findall(page.text)))
        if name not in read
    ]


@cache
def _variables_read() -> frozenset[str]:
    sources = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "docs" not in path.parts]
    texts = [path.read_text(encoding="utf-8") for path in [*sources, ROOT / "Makefile"]]
    return frozenset(name for text in texts for name in _VARIABLE.findall(text))


def words_of(page: DocPage) -> int:
    return len(page.text.split())
