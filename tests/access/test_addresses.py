"""Every address and every command has its cells, and no address shows to somebody what they may not read."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from donovan.access.models import User
from tests.access.cells import COMMANDS, ELSEWHERE
from tests.access.matrix import MARKINGS, PROFILES, may_read
from tests.access.test_matrix import OF_ONE, PAGES, WORDS, Site, site

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
ASKED_BY = ("british", "no-cui", "outsider")
ENDS_THE_STAY = {"access:sign-out", "access:sign-in"}
__all__ = ["site"]


def addresses(
    resolver: URLResolver | None = None, room: str = "", before: str = ""
) -> Iterator[tuple[str, str]]:
    """The name and the pattern of every address of the site."""
    for one in (resolver or get_resolver()).url_patterns:
        pattern = f"{before}{one.pattern}"
        if isinstance(one, URLPattern):
            yield f"{room}{one.name}", pattern
        else:
            yield from addresses(one, f"{one.namespace}:" if one.namespace else room, pattern)


def filled(pattern: str, key: uuid.UUID) -> str:
    """The address with `key` for what it wants to be named."""
    filled_in = "/" + pattern
    for kind, name in (("uuid", str(key)), ("int", "1"), ("slug", "birds")):
        while (start := filled_in.find(f"<{kind}:")) >= 0:
            filled_in = filled_in[:start] + name + filled_in[filled_in.index(">", start) + 1 :]
    return filled_in


def test_every_address_has_its_cells() -> None:
    named = {f"{room}:{name}" for (room, _), names in ELSEWHERE.items() for name in names.split()}
    found = {name for name, _ in addresses()}
    assert found - named - {*PAGES, *OF_ONE} == set(), "Say where the cells of these addresses are."
    assert named - found == set(), "These addresses are no more."
    assert not named & {*PAGES, *OF_ONE}
    for _, module in ELSEWHERE:
        assert (ROOT / module).is_file(), module


def test_every_command_has_its_cell() -> None:
    rooms = ("donovan.", "ingest", "retrieval")
    found = {name: app for name, app in get_commands().items() if str(app).startswith(rooms)}
    assert set(found) == set(COMMANDS), "Say how each command is bound."
    for name, bound in COMMANDS.items():
        options = (
            load_command_class(str(found[name]), name).create_parser("manage.py", name)._option_string_actions
        )
        asks_for_a_person = "--as" in options
        assert asks_for_a_person >= (bound == "as"), name


def test_no_address_shows_what_its_reader_may_not_read(
    site: Site, client_for: Callable[[User], Client]
) -> None:
    cells, wrong = 0, []
    for name in ASKED_BY:
        person = next(one for one in PROFILES if one.name == name)
        closed = {WORDS[marking] for marking, facts in MARKINGS.items() if not may_read(person, facts)}
        client = client_for(site.people[name])
        for address, pattern in addresses():
            if address in ENDS_THE_STAY:
                continue
            for key in (site.documents["SECRET//NOFORN"].pk, site.answers[name, "SECRET"].pk):
                response = client.get(filled(pattern, key))
                told = b"" if response.streaming else response.content
                shown = {word for word in closed if word.encode() in told}
                wrong += [f"{name} {address} shows {', '.join(sorted(shown))}"] if shown else []
                cells += len(closed)
                if "<uuid" not in pattern:
                    break
    assert not wrong, "\n".join(wrong[:20])
    assert cells > 2_000
