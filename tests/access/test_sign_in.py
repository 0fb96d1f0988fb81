"""Signing in: consent, lockout, time-outs, limits, and a record of each."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from donovan.access.cast import DEMO_PASSWORD
from donovan.access.models import OpenSession, SignInGuard, User
from donovan.audit.models import AuditRecord

pytestmark = pytest.mark.django_db


def attempt(client: Client, name: str, password: str = DEMO_PASSWORD, **extra: str) -> object:
    return client.post("/sign-in/", {"username": name, "password": password, **extra})


def actions(actor: str) -> list[tuple[str, str]]:
    return list(AuditRecord.objects.filter(actor=actor).order_by("sequence").values_list("action", "outcome"))


def test_the_consent_text_stands_above_the_form(client: Client) -> None:
    page = client.get("/sign-in/").content.decode()
    assert page.index("What you do here is recorded") < page.index("Agree and sign in")


def test_signing_in_opens_a_session_and_is_on_record(client: Client, ana: User) -> None:
    response = attempt(client, "ana")
    assert response.status_code == 302
    assert OpenSession.objects.filter(user=ana, ended_at__isnull=True).count() == 1
    assert ("sign-in", "done") in actions("ana")


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: Client, ana: User) -> None:
    wrong = attempt(client, "ana", "not this")
    unknown = attempt(client, "zora", "not this")
    assert wrong.status_code == unknown.status_code == 401
    assert "do not go together" in wrong.content.decode()
    strip = lambda page, name: page.content.decode().replace(name, "").split("<form method")[0]  # noqa: E731
    assert strip(wrong, "ana").split("csrf")[0][-500:] == strip(unknown, "zora").split("csrf")[0][-500:]


@pytest.mark.parametrize("name", ["ana", "zora"])
def test_three_failures_lock_the_name_whether_or_not_it_exists(client: Client, ana: User, name: str) -> None:
    for _ in range(2):
        assert "do not go together" in attempt(client, name, "wrong").content.decode()
    assert "too many failed" in attempt(client, name, "wrong").content.decode()
    assert "too many failed" in attempt(client, name).content.decode()
    assert not OpenSession.objects.exists()


def test_the_lock_ends_after_its_time(client: Client, ana: User) -> None:
    for _ in range(3):
        attempt(client, "ana", "wrong")
    SignInGuard.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert attempt(client, "ana").status_code == 302


def test_failures_further_apart_than_the_window_do_not_lock(client: Client, ana: User) -> None:
    long_ago = (timezone.now() - timedelta(minutes=16)).isoformat()
    SignInGuard.objects.create(name="ana", failures=[long_ago, long_ago])
    attempt(client, "ana", "wrong")
    assert attempt(client, "ana").status_code == 302


def test_the_name_is_locked_in_whatever_case_it_is_typed(client: Client, ana: User) -> None:
    for name in ("ana", "ANA", "Ana"):
        attempt(client, name, "wrong")
    assert "too many failed" in attempt(client, "ana").content.decode()


def test_a_disabled_person_is_told_nothing_special(client: Client, ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert "do not go together" in attempt(client, "ana").content.decode()


def test_every_failure_is_on_record_without_the_password(client: Client, ana: User) -> None:
    attempt(client, "ana", "my-secret-word")
    row = AuditRecord.objects.get(actor="ana", action="sign-in-failed")
    assert "my-secret-word" not in str(row.detail)


def test_an_idle_session_ends(
    client_for: Callable[[User], Client], ana: User, settings: LazySettings
) -> None:
    browser = client_for(ana)
    assert browser.get("/account/").status_code == 200
    OpenSession.objects.update(last_active_at=timezone.now() - timedelta(seconds=settings.IDLE_SECONDS))
    response = browser.get("/account/")
    assert response.status_code == 302
    assert "ended=idle" in response["Location"]
    assert "next=%2Faccount%2F" in response["Location"]
    assert actions("ana")[-1] == ("sign-out", "done")


def test_an_administrator_may_be_idle_for_less_long(client_for: Callable[[User], Client], ada: User) -> None:
    browser = client_for(ada)
    OpenSession.objects.update(last_active_at=timezone.now() - timedelta(minutes=10))
    assert "ended=idle" in browser.get("/people/")["Location"]


def test_no_session_outlives_the_cap(client_for: Callable[[User], Client], ana: User) -> None:
    browser = client_for(ana)
    OpenSession.objects.update(started_at=timezone.now() - timedelta(hours=12))
    assert "ended=cap" in browser.get("/account/")["Location"]


def test_reading_counts_as_activity(client_for: Callable[[User], Client], ana: User) -> None:
    browser = client_for(ana)
    OpenSession.objects.update(last_active_at=timezone.now() - timedelta(minutes=14))
    assert browser.post("/account/presence/").status_code == 204
    assert timezone.now() - OpenSession.objects.get(user=ana).last_active_at < timedelta(minutes=1)


def test_signing_out_ends_every_session(client_for: Callable[[User], Client], ana: User) -> None:
    here, there = client_for(ana), client_for(ana)
    here.post("/sign-out/")
    assert there.get("/account/").status_code == 302
    assert ("sign-out", "done") in actions("ana")


def test_disabling_a_person_ends_their_sessions(
    client_for: Callable[[User], Client], ana: User, ada: User
) -> None:
    browser = client_for(ana)
    client_for(ada).post(f"/people/{ana.pk}/active/", {"active": "no"})
    assert browser.get("/account/").status_code == 302


def test_a_further_session_ends_the_oldest(ana: User, settings: LazySettings) -> None:
    browsers = [Client() for _ in range(settings.SESSION_LIMIT + 1)]
    for browser in browsers:
        attempt(browser, "ana")
    assert browsers[0].get("/account/").status_code == 302
    assert browsers[-1].get("/account/").status_code == 200
    assert OpenSession.objects.filter(user=ana, ended_at__isnull=True).count() == settings.SESSION_LIMIT


def test_the_last_sign_in_is_shown(ana: User) -> None:
    attempt(Client(), "ana")
    browser = Client()
    attempt(browser, "ana", next="/account/")
    assert "Your last sign-in was on" in browser.get("/account/").content.decode()


def test_the_way_back_leads_nowhere_else(ana: User) -> None:
    response = attempt(Client(), "ana", next="https://elsewhere.example/")
    assert "elsewhere" not in response["Location"]


def test_demo_accounts_are_shown_only_when_there_are_some(client: Client, ana: User) -> None:
    assert "Demonstration accounts" in client.get("/sign-in/").content.decode()
    User.objects.update(is_demo=False)
    assert "Demonstration accounts" not in client.get("/sign-in/").content.decode()


def test_a_given_password_must_be_changed_first(client_for: Callable[[User], Client], ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(must_change_password=True)
    browser = client_for(ana)
    assert browser.get("/components/").status_code in (302, 403)
    assert "Choose your own" in browser.get("/account/").content.decode()
    answer = browser.post(
        "/account/password/",
        {
            "old_password": DEMO_PASSWORD,
            "new_password1": "harbour-lights-9",
            "new_password2": "harbour-lights-9",
        },
    )
    assert answer["Location"] == "/sign-in/"
    assert attempt(Client(), "ana", "harbour-lights-9").status_code == 302


def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(client: Client, db: None) -> None:
    response = client.get("/account/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/sign-in/"


def test_nobody_locks_another_out_of_the_place_they_sign_in_from(client: Client, ada: User) -> None:
    """Three wrong passwords from anywhere would else keep the only administrator out."""
    at_home, elsewhere = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "203.0.113.9"}
    sent = {"username": "ada", "password": DEMO_PASSWORD}
    assert client.post("/sign-in/", sent, **at_home).status_code == 302
    client.post("/sign-out/", **at_home)
    wrong = {"username": "ada", "password": "not this"}
    pages = [client.post("/sign-in/", wrong, **elsewhere).content.decode() for _ in range(3)]
    assert "too many failed sign-ins" in pages[-1]
    assert client.post("/sign-in/", sent, **elsewhere).status_code == 401
    assert client.post("/sign-in/", sent, **at_home).status_code == 302


def test_who_fails_at_a_known_place_is_locked_there_and_the_operator_lets_them_try_again(
    client: Client, ada: User
) -> None:
    attempt(client, "ada")
    client.post("/sign-out/")
    for _ in range(3):
        attempt(client, "ada", "not this")
    assert attempt(client, "ada").status_code == 401
    out = StringIO()
    call_command("unlock_person", "Ada", stdout=out)
    assert "Ada can try again." in out.getvalue()
    assert attempt(client, "ada").status_code == 302
    assert AuditRecord.objects.filter(actor="system", detail__what="unlocked").count() == 1


def test_a_notice_is_not_left_in_the_browser_for_the_next_person(client: Client, ana: User) -> None:
    attempt(client, "ana")
    response = client.post(
        "/account/password/",
        {
            "old_password": DEMO_PASSWORD,
            "new_password1": "harbour-lantern-17",
            "new_password2": "harbour-lantern-17",
        },
    )
    assert response.status_code == 302
    assert "messages" not in client.cookies
