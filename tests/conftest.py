"""The fixed cast: who may, and who may not. Every test about access is told with these people.

ana     analyst, SECRET, USA, CUI, compartment HARBOR, member of relief and logistics: reads everything
ben     analyst, UNCLASSIFIED, USA, CUI, member of both: nothing that is classified
chloe   analyst, SECRET, GBR, CUI, member of both: UNCLASSIFIED and what is released to GBR; no HARBOR
rita    reviewer, SECRET, USA, CUI, member of both: no HARBOR
mia     model owner, cleared as ana, member of both: trains and promotes
omar    analyst, cleared as ana, member of nothing: the outsider
ada     administrator, member of nothing
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import LazySettings
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from donovan.access.cast import create_demo_people
from donovan.access.middleware import SESSION_KEY
from donovan.access.models import Collection, OpenSession, User
from donovan.access.scope import scope_for
from retrieval.model_folders import ROLES
from retrieval.scope import AccessScope
from retrieval.serving import BASE
from tests.support.database import emptied_where_written, seeded_rows, without_waiting_for_the_disk
from tests.support.demonstration import whole_demonstration

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# The settings have read it by now; what a test starts is not to share the database of the tests.
os.environ.pop("DONOVAN_DATABASE_URL", None)

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A busy machine is slow, and slowness alone is no failure.
hypothesis_settings.register_profile(
    "donovan", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("donovan")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each process has a database of its own, which waits for no disk."""
    without_waiting_for_the_disk()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database, and after a test that commits only what it wrote is taken away."""
    with django_db_blocker.unblock():
        seeded = seeded_rows()
    with emptied_where_written(seeded):
        yield


@pytest.fixture(autouse=True)
def _quick_and_apart(request: pytest.FixtureRequest, settings: LazySettings, tmp_path: Path) -> None:
    """Passwords hash in no time, and each test keeps its own checkpoints of the record.

    Without a database there is no pointer to ask which model serves: then it is the base model.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CHECKPOINT_DIR = tmp_path / "checkpoints"
    # A model more for every document that a test hands in: those who test it turn it on.
    settings.NER_TAGGER = False
    has_database = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    if not has_database and request.node.get_closest_marker("django_db") is None:
        settings.SERVED_INSTEAD = dict.fromkeys(ROLES, BASE)


@pytest.fixture
def cast(db: None) -> dict[str, User]:
    """The whole cast by name."""
    return {user.username: user for user in create_demo_people()}


@pytest.fixture
def ana(cast: dict[str, User]) -> User:
    return cast["ana"]


@pytest.fixture
def ben(cast: dict[str, User]) -> User:
    return cast["ben"]


@pytest.fixture
def chloe(cast: dict[str, User]) -> User:
    return cast["chloe"]


@pytest.fixture
def rita(cast: dict[str, User]) -> User:
    return cast["rita"]


@pytest.fixture
def mia(cast: dict[str, User]) -> User:
    return cast["mia"]


@pytest.fixture
def omar(cast: dict[str, User]) -> User:
    return cast["omar"]


@pytest.fixture
def ada(cast: dict[str, User]) -> User:
    return cast["ada"]


@pytest.fixture
def collections(cast: dict[str, User]) -> dict[str, Collection]:
    """The collections of the cast by short name: relief and logistics."""
    return {collection.slug: collection for collection in Collection.objects.all()}


def sign_in_client(user: User) -> Client:
    """A browser in which `user` is signed in, without the cost of a password."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[SESSION_KEY] = OpenSession.objects.create(user=user, source="127.0.0.1").pk
    session.save()
    return client


@pytest.fixture
def client_for(db: None) -> Iterator[Callable[[User], Client]]:
    """`client_for(ana)` is a browser in which Ana is signed in."""
    yield sign_in_client


@pytest.fixture
def scope_of(db: None) -> Callable[[User], AccessScope]:
    """`scope_of(ana)` is what Ana may read now."""
    return scope_for


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium, started once for the whole run: a second one beside it in the same process is refused."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, which Django would take for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def open_as(
    browser: "Browser", live_server: Any, client_for: Callable[[User], Client]
) -> Iterator[Callable[..., "Page"]]:
    """`open_as(ana, "/people/")` is that page in a browser; `None` opens it without a sign-in."""
    from tests.support.browsing import signed_in_pages

    with signed_in_pages(browser, live_server.url, client_for) as open_page:
        yield open_page


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    """The cast where the work is done in threads, which see only what is committed."""
    return {user.username: user for user in create_demo_people()}


@pytest.fixture(scope="session")
def demo() -> Path:
    """The folder with the whole demonstration, which nobody changes."""
    return whole_demonstration()
