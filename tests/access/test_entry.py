"""Every view is closed unless it declares who may enter."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path

from donovan.access.entry import entry, entry_rule
from donovan.access.models import Role, User
from donovan.audit.models import AuditRecord
from donovan.audit.services import AuditUnavailable

OPEN = {"/sign-in/"}
SAMPLES = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "1", "slug": "relief", "str": "word"}


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern


def test_every_view_of_the_site_declares_who_may_enter() -> None:
    views = list(walk(get_resolver().url_patterns))
    assert len(views) > 15
    undeclared = [route for route, pattern in views if entry_rule(pattern.callback) is None]
    assert undeclared == []


def test_only_the_sign_in_page_is_open_to_everyone() -> None:
    rules = {route: entry_rule(pattern.callback) for route, pattern in walk(get_resolver().url_patterns)}
    assert {route for route, rule in rules.items() if rule is not None and not rule.needs_sign_in} == OPEN


@pytest.mark.django_db
def test_without_a_sign_in_every_address_leads_to_the_sign_in_page(client: Client) -> None:
    asked = 0
    for route, _ in walk(get_resolver().url_patterns):
        if route in OPEN:
            continue
        address = re.sub(r"<(\w+):\w+>", lambda part: SAMPLES[part[1]], route)
        for response in (client.get(address), client.post(address)):
            assert response.status_code == 302, address
            assert response["Location"].startswith("/sign-in/"), address
        asked += 1
    assert asked > 20


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("reached")


@entry(Role.REVIEWER)
def for_reviewers(request: HttpRequest) -> HttpResponse:
    return HttpResponse("reached")


@entry()
def unrecorded(request: HttpRequest) -> HttpResponse:
    raise AuditUnavailable


urlpatterns = [
    path("undeclared/", undeclared),
    path("reviewers/", for_reviewers),
    path("unrecorded/", unrecorded),
    *get_resolver("donovan.urls").url_patterns,
]


@pytest.fixture
def with_test_views(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = __name__


def test_a_view_that_declares_nothing_is_closed_even_to_an_administrator(
    with_test_views: None, client_for: Callable[[User], Client], ada: User
) -> None:
    response = client_for(ada).get("/undeclared/")
    assert response.status_code == 403
    assert "You may not enter here" in response.content.decode()
    denial = AuditRecord.objects.get(action="denial")
    assert (denial.actor, denial.outcome, denial.detail["path"]) == ("ada", "refused", "/undeclared/")


def test_only_the_roles_named_enter(
    with_test_views: None, client_for: Callable[[User], Client], cast: dict[str, User]
) -> None:
    statuses = {name: client_for(user).get("/reviewers/").status_code for name, user in cast.items()}
    assert {name for name, status in statuses.items() if status == 200} == {"rita"}
    assert set(statuses.values()) == {200, 403}


def test_a_denial_that_cannot_be_recorded_is_still_a_denial(
    with_test_views: None,
    client_for: Callable[[User], Client],
    ana: User,
    settings: LazySettings,
    tmp_path: object,
) -> None:
    browser = client_for(ana)
    settings.CHECKPOINT_DIR = "/proc/no-folder-can-be-made-here"
    response = browser.get("/reviewers/")
    assert response.status_code == 503
    assert "cannot be written" in response.content.decode()


def test_an_action_that_cannot_be_recorded_shows_a_sentence(
    with_test_views: None, client_for: Callable[[User], Client], ana: User
) -> None:
    response = client_for(ana).get("/unrecorded/")
    assert response.status_code == 503
    assert "Nothing was done" in response.content.decode()
