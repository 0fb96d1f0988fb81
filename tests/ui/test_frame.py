"""The frame around every page: headers, markings, error pages, template tags."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError
from django.test import Client, RequestFactory

from donovan.access.models import User
from donovan.ui import errors
from donovan.ui.templatetags.donovan_ui import duration, listed, marking_kind, share

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_every_page_forbids_what_does_not_come_from_here(client: Client) -> None:
    response = client.get("/sign-in/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "private, no-store"


def templates() -> list[Path]:
    """Every template of a page. Those of exported files are no pages: a file carries its style along."""
    found = (ROOT / "donovan").rglob("templates/**/*.html")
    return sorted(path for path in found if path.parent.name != "export")


def test_no_template_holds_inline_scripts_or_styles() -> None:
    wrong = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        inline = [
            word
            for word in (" style=", "<style", " onclick=", " onchange=", "javascript:", "hx-on")
            if word in text
        ]
        scripts = [line for line in text.splitlines() if "<script" in line and " src=" not in line]
        if inline or [line for line in scripts if 'type="application/json"' not in line]:
            wrong.append((path.relative_to(ROOT).as_posix(), inline, scripts))
    assert wrong == []


def test_no_page_asks_another_host_for_anything() -> None:
    files = [
        *templates(),
        *(ROOT / "donovan").rglob("static/**/*.css"),
        *(ROOT / "donovan").rglob("static/**/*.js"),
    ]
    outside = [
        path.relative_to(ROOT).as_posix()
        for path in files
        if "//" in (text := path.read_text(encoding="utf-8")) and ("http://" in text or "https://" in text)
    ]
    assert outside == []


@pytest.mark.django_db
def test_the_marking_stands_at_the_top_and_at_the_bottom(
    client_for: Callable[[User], Client], ada: User
) -> None:
    page = client_for(ada).get("/components/?marking=SECRET//NOFORN").content.decode()
    assert page.count("data-marking-banner") == 2
    assert page.count("marking--s") >= 2
    assert "UNCLASSIFIED</span>" in client_for(ada).get("/people/").content.decode()


@pytest.mark.django_db
def test_what_does_not_exist_has_a_page_in_plain_words(
    client_for: Callable[[User], Client], ana: User
) -> None:
    response = client_for(ana).get("/no/such/page/")
    assert response.status_code == 404
    assert "There is nothing here that you may read" in response.content.decode()


@pytest.mark.django_db
def test_a_broken_database_still_gives_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr(errors, "render", broken)
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    response = errors.failed(request)
    assert response.status_code == 500
    assert "Nothing you handed in was lost" in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "ana", "password": "x"})
    assert response.status_code == 403
    assert "no longer valid" in response.content.decode()


@pytest.mark.parametrize(
    ("canonical", "kind"),
    [
        ("UNCLASSIFIED", "u"),
        ("CUI//SP-PRVCY//NOFORN", "cui"),
        ("CONFIDENTIAL//REL TO USA, GBR", "c"),
        ("SECRET//HARBOR//NOFORN", "s"),
        ("TOP SECRET//ORCON/NOFORN", "ts"),
        ("TOP SECRET//SI//NOFORN", "sci"),
        ("garbage", "ts"),
    ],
)
def test_a_marking_has_its_established_colour(canonical: str, kind: str) -> None:
    assert marking_kind(canonical) == kind


def test_figures_read_as_people_say_them() -> None:
    assert [duration(value) for value in (0.42, 12, 75, 8000, None, "")] == [
        "0.4 s",
        "12 s",
        "1 min 15 s",
        "2 h 13 min",
        "",
        "",
    ]
    assert [share(value) for value in (0, 0.0004, 0.5, 0.9996, 1, None)] == [
        "0 %",
        "0.1 %",
        "50 %",
        "99.9 %",
        "100 %",
        "",
    ]
    assert listed({"a_b": [True, None]}) == "a b yes, none"


def test_settings_that_a_site_may_change_are_documented() -> None:
    text = (ROOT / "donovan/settings.py").read_text(encoding="utf-8")
    head, _, body = text.partition('"""\n\nimport')
    for name in {part.split('"')[0] for part in body.split('"DONOVAN_')[1:]}:
        assert f"DONOVAN_{name}" in head, name


def test_the_deployment_check_is_clean(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    call_command("check", "--deploy", "--fail-level", "WARNING")


def test_plain_http_for_other_machines_is_warned_of(settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["donovan.enclave"]
    with pytest.raises(SystemCheckError, match="over plain HTTP"):
        call_command("check", "--deploy", "--fail-level", "WARNING")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "tab"),
    [
        ("/training/", "Models"),
        ("/datasets/", "Data sets"),
        ("/evaluation/", "Evaluation"),
        ("/evaluation/attacks/", "Evaluation"),
    ],
)
def test_the_pages_of_learning_are_tabs_of_one_place(
    client_for: Callable[[User], Client], rita: User, address: str, tab: str
) -> None:
    page = client_for(rita).get(address).content.decode()
    bar = page.split('<nav class="nav"')[1].split("</nav>")[0]
    tabs = page.split("What models learn from, and what they are worth")[1].split("</nav>")[0]
    assert [part.split("<")[0] for part in bar.split('aria-current="page">')[1:]] == ["Models"]
    assert [part.split("<")[0] for part in tabs.split('aria-current="page">')[1:]] == [tab]
    assert [name for name in ("Models", "Data sets", "Evaluation") if f">{name}</a>" not in tabs] == []
