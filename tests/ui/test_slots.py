"""Slots: what rooms above add to the pages and the navigation of rooms below, which do not know of it."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from django.http import HttpRequest
from django.template import Context, Engine
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from donovan.access.models import Role, User
from donovan.assistant.models import Answer
from donovan.ui import slots
from donovan.ui.slots import Fragment, fill, fragments, places
from ingest.models import Document
from tests.assistant.material import add_document
from tests.test_import_rules import BELOW, GROUND, ROOT, templates

PAGE = '{% load donovan_ui %}<main>{% slot "library.test.here" title=title %}</main>'
PARTS = {
    "first.html": "<p>first {{ title }}</p>",
    "second.html": "<p>second</p>",
    "curious.html": "<p>{{ title }}, {{ secret }}, {{ user.username }}</p>",
    "form.html": "<form>{% csrf_token %}</form>",
}


@pytest.fixture
def nothing_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no room had added anything anywhere."""
    monkeypatch.setattr(slots, "_fragments", {})
    monkeypatch.setattr(slots, "_places", {})


@pytest.fixture
def render(nothing_added: None, rf: RequestFactory) -> Callable[..., str]:
    """`render(ana, title="Bridge")` is the page of the test as ana sees it."""
    engine = Engine(
        loaders=[("django.template.loaders.locmem.Loader", PARTS)],
        libraries={"donovan_ui": "donovan.ui.templatetags.donovan_ui"},
    )

    def render(user: User | None, **values: object) -> str:
        request: HttpRequest = rf.get("/")
        if user is not None:
            request.user = user
        context = {**values, "request": request, "secret": "for the page alone", "csrf_token": "token-of-ana"}
        return str(engine.from_string(PAGE).render(Context(context)))

    return render


def add(template: str, order: int = 10, **further: frozenset[str]) -> None:
    fill(Fragment("library.test.here", template, order=order, **further))


def test_a_slot_that_nobody_fills_renders_nothing(render: Callable[..., str], ana: User) -> None:
    assert render(ana) == "<main></main>"


def test_what_is_added_to_a_slot_is_shown_in_its_order(render: Callable[..., str], ana: User) -> None:
    add("second.html", 20)
    add("first.html", 10)
    fill(Fragment("library.test.elsewhere", "curious.html", order=1))
    assert render(ana, title="page") == "<main><p>first page</p><p>second</p></main>"
    add("first.html", 30)
    assert render(ana, title="page") == "<main><p>second</p><p>first page</p></main>"


def test_a_fragment_sees_what_its_slot_is_given_and_nothing_else_of_the_page(
    render: Callable[..., str], ana: User
) -> None:
    add("curious.html")
    assert render(ana, title="page") == "<main><p>page, , ana</p></main>"


def test_what_a_slot_is_given_is_escaped(render: Callable[..., str], ana: User) -> None:
    add("first.html")
    assert "<p>first &lt;script&gt;</p>" in render(ana, title="<script>")


def test_a_form_in_a_slot_carries_its_token(render: Callable[..., str], ana: User) -> None:
    add("form.html")
    assert 'value="token-of-ana"' in render(ana)


def test_what_is_for_some_roles_is_shown_to_nobody_else(
    render: Callable[..., str], ana: User, rita: User, ada: User
) -> None:
    add("first.html", roles=frozenset({Role.REVIEWER.value}))
    assert "first" in render(rita)
    assert [render(person) for person in (ana, ada, None)] == ["<main></main>"] * 3


def test_nothing_is_added_for_somebody_who_has_not_signed_in(render: Callable[..., str], ana: User) -> None:
    add("first.html")
    assert "first" in render(ana)
    assert render(None) == "<main></main>"


def test_a_slot_asks_the_database_nothing(
    render: Callable[..., str], ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    add("first.html")
    add("second.html")
    with django_assert_num_queries(0):
        render(ana)


GUIDE = ROOT / "docs" / "extending.md"
SLOT = re.compile(r"""{%\s*slot\s+["']([^"']+)["'](.*?)%}""")


def test_what_is_added_fills_a_slot_that_a_page_below_has() -> None:
    """A slot is named after the folder of the one template that has it."""
    homes = {slot: name for name, (_, text) in templates().items() for slot, _ in SLOT.findall(text)}
    assert [slot for slot, name in homes.items() if slot.split(".")[0] != name.split("/")[0]] == []
    assert {one.slot for one in fragments()} == set(homes), (
        "a slot is not filled, or one is filled that is not"
    )
    rooms = {name: room for name, (room, _) in templates().items()}
    upwards = [
        one for one in fragments() if rooms[homes[one.slot]] not in BELOW[rooms[one.template]] | GROUND
    ]
    assert upwards == []


def test_a_slot_stands_in_one_place() -> None:
    counts = Counter(slot for _, text in templates().values() for slot, _ in SLOT.findall(text))
    assert {slot: times for slot, times in counts.items() if times > 1} == {}


def test_the_guide_names_every_slot_and_what_it_is_given() -> None:
    given = {
        slot: set(re.findall(r"(\w+)=", values))
        for _, text in templates().values()
        for slot, values in SLOT.findall(text)
    }
    told = {}
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| `\w+\.\w+\.\w+`", line):
            named, values = line.strip("|").split("|")
            told |= {slot: set(re.findall("`([^`]+)`", values)) for slot in re.findall("`([^`]+)`", named)}
    assert told == given


def test_what_is_added_has_an_order_of_its_own_and_is_for_roles_that_exist() -> None:
    orders = Counter((one.slot, one.order) for one in fragments())
    orders += Counter(("places", one.order) for one in places())
    assert {order for order, times in orders.items() if times > 1} == set()
    assert len({one.key for one in places()}) == len(places())
    assert {role for one in (*fragments(), *places()) for role in one.roles} <= set(Role.values)


@pytest.mark.django_db
def test_pages_below_stand_without_what_is_added(
    nothing_added: None, client_for: Callable[[User], Client], ana: User
) -> None:
    document = add_document("Bridge", "The bridge at Kessa reopened on 12 March 2026.")
    Document.objects.update(status="ready")
    answer = Answer.objects.create(
        owner=ana, question="When?", state="done", text="On 12 March.", labels=[document.label]
    )
    above = ("/feedback/", "/reports/", "/insight/", "/labelling/", "/training/", "/evaluation/", "/watch/")
    foreign = {
        reverse("library:home"): ("/ask/", *above),
        reverse("library:document", args=[document.pk]): ("/ask/", *above),
        reverse("library:passages", args=[document.pk]): ("/ask/", *above),
        reverse("assistant:answer", args=[answer.pk]): above,
    }
    client = client_for(ana)
    for page, addresses in foreign.items():
        response = client.get(page)
        assert response.status_code == 200
        assert [one for one in addresses if one in response.content.decode()] == [], page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ana", "rita", "mia", "ada"])
def test_what_the_frame_and_the_home_page_offer_may_be_opened(
    client_for: Callable[[User], Client], cast: dict[str, User], name: str
) -> None:
    """The roles that something is added for are those that may enter it."""
    client = client_for(cast[name])
    page = client.get("/people/" if name == "ada" else "/").content.decode()
    home = client.get("/").content.decode()
    offered = {*re.findall(r'href="([^"]+)" data-go', page), *re.findall(r'hx-get="([^"]+)"', home)}
    assert len(offered) > 5
    closed = {
        address: response.status_code
        for address in offered
        if (response := client.get(address)).status_code != 200
    }
    assert closed == {}


def test_a_place_in_the_bar_stands_for_the_other_places_of_its_group() -> None:
    leading = Counter(one.group for one in places() if one.group and one.is_in_bar)
    assert leading == Counter({one.group for one in places() if one.group})
