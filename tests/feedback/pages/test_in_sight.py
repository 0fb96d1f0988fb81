"""What is pressed to judge stays in sight in Chromium, on wide, narrow and low screens."""

import pytest
from playwright.sync_api import Page, expect

from donovan.access.models import User
from donovan.feedback.projects import members, reviewing
from donovan.library.callers import Caller
from tests.feedback.pages.conftest import MakeProject, label_all
from tests.support.browsing import OpenAs, faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


LONG = "\n".join(f"Line {n} of a long report on the bridge at Kessa." for n in range(200))
SIX_CLASSES = [
    {"words": f"Class {n}", "says": "Mail, telegram or letter from one to another."} for n in range(6)
]


def out_of_sight(page: Page, *names: str) -> list[str]:
    """Those of these elements of which not all can be seen at this moment."""
    hidden: list[str] = page.evaluate(
        """(names) => names.filter((name) => {
          const one = document.querySelector(name);
          const box = one.getBoundingClientRect();
          const corners = [box.top + 2, box.bottom - 2].map((y) => [box.left + box.width / 2, y]);
          return box.height === 0 || !corners.every(([x, y]) => {
            const top = document.elementFromPoint(x, y);
            return top !== null && (one.contains(top) || top.contains(one));
          });
        })""",
        list(names),
    )
    return hidden


def text_in_sight(page: Page, name: str) -> float:
    """How many pixels of the height of an element can be seen between what lies over it."""
    seen: float = page.evaluate(
        """(name) => {
          const box = document.querySelector(name).getBoundingClientRect();
          const one = document.querySelector(name);
          let seen = 0;
          for (let y = Math.max(box.top, 0); y < Math.min(box.bottom, innerHeight); y += 4) {
            const top = document.elementFromPoint(box.left + box.width / 2, y);
            if (top && (one.contains(top))) seen += 4;
          }
          return seen;
        }""",
        name,
    )
    return seen


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 800), (400, 800)])
def test_what_is_pressed_to_judge_stays_in_sight(
    open_as: OpenAs,
    people: dict[str, User],
    make_project: MakeProject,
    width: int,
    height: int,
) -> None:
    ana, ben = people["ana"], people["ben"]
    rows = [{"title": f"Long {n}", "text": f"{n}\n{LONG}"} for n in range(4)]
    project = make_project(ana, rows=rows, options=SIX_CLASSES, labellers=[ana, ben], most_people=2)
    classes = [option["value"] for option in project.options]
    for role in ("adjudicator", "reviewer"):
        members.add_member(Caller.named(ana, source="test"), project.pk, username="ana", role=role)
    label_all(ana, project, [{"class": classes[0]}] * 4)
    label_all(ben, project, [{"class": classes[n]} for n in (0, 0, 1, 1)])
    page = open_as(ana, f"/labelling/{project.pk}/review/", viewport={"width": width, "height": height})
    buttons = ("[data-accept]", "[data-next]", "[data-send-back]", "[data-later]")
    choices = tuple(f".option:nth-of-type({n})" for n in range(1, 7))
    assert out_of_sight(page, *buttons, *choices) == []
    assert text_in_sight(page, ".label-text") > 120
    page.keyboard.press("b")
    assert out_of_sight(page, "[data-remark]") == []
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_text("is accepted.")).to_be_visible()
    assert out_of_sight(page, *buttons[:3]) == []
    page.goto(page.url.replace("review", "decide"))
    assert out_of_sight(page, "[data-next]", "[data-later]", *choices) == []
    assert text_in_sight(page, ".label-text") > 120
    page.mouse.wheel(0, 3000)
    page.wait_for_timeout(200)
    assert out_of_sight(page, "[data-next]", *choices) == []
    assert text_in_sight(page, ".label-said") > 40
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is decided: Class 1")).to_be_visible()
    assert out_of_sight(page, "[data-next]") == []


VALUES = {
    "preference": ({"preferred": "a", "strength": 2}, {"preferred": "b", "strength": 2}),
    "claim_support": ({"verdict": "supported", "steps": []}, {"verdict": "unsupported", "steps": []}),
    "entities": ({"spans": []}, {"spans": [{"start": 0, "end": 7, "label": "person"}]}),
    "relevance": ({"grade": 0}, {"grade": 3}),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("template", VALUES)
def test_choices_of_every_kind_are_in_sight_on_a_narrow_screen(
    open_as: OpenAs,
    people: dict[str, User],
    make_project: MakeProject,
    template: str,
    scheme: str,
) -> None:
    ana, ben = people["ana"], people["ben"]
    schema = {"schema": {"steps": []}} if template == "claim_support" else {}
    project = make_project(ana, template, labellers=[ana, ben], most_people=2, **schema)
    members.add_member(Caller.named(ana, source="test"), project.pk, username="ana", role="adjudicator")
    for person, value in zip((ana, ben), VALUES[template], strict=True):
        label_all(person, project, [value])
    options = {"viewport": {"width": 400, "height": 800}, "color_scheme": scheme}
    page = open_as(ana, f"/labelling/{project.pk}/decide/", **options)
    count = page.locator(".label-answer .option").count()
    page.evaluate(
        """() => document.querySelectorAll(".label-answer .option").forEach(
          (one, number) => (one.id = `choice-${number}`))"""
    )
    assert count >= 3
    assert out_of_sight(page, "[data-next]", *(f"#choice-{n}" for n in range(count))) == []
    assert text_in_sight(page, ".label-item") > 100
    assert faults(page) == []


def test_nothing_stays_over_the_item_where_the_screen_is_low(
    open_as: OpenAs, people: dict[str, User], make_project: MakeProject
) -> None:
    project = make_project(people["ana"], rows=[{"title": "Long", "text": LONG}], options=SIX_CLASSES)
    page = open_as(people["ana"], f"/labelling/{project.pk}/label/", viewport={"width": 320, "height": 400})
    for name in (".label-bar", ".label-foot"):
        assert page.locator(name).evaluate("(one) => getComputedStyle(one).position") == "static"


def test_a_long_translation_can_be_read_by_keys(
    open_as: OpenAs, people: dict[str, User], make_project: MakeProject
) -> None:
    row = {"text": LONG, "source_language": "es", "target_language": "en", "draft": LONG}
    project = make_project(people["ana"], "translation", rows=[row])
    page = open_as(people["ana"], f"/labelling/{project.pk}/label/", viewport={"width": 400, "height": 800})
    assert faults(page) == []


@pytest.mark.parametrize("remark", ["Look at the date.", "Look at the date, and at the unit. " * 20])
def test_answers_of_an_item_that_came_back_are_in_sight_on_a_narrow_screen(
    open_as: OpenAs, people: dict[str, User], make_project: MakeProject, remark: str
) -> None:
    ana = people["ana"]
    project = make_project(ana, rows=[{"title": "Long", "text": LONG}], options=SIX_CLASSES, overlap=1)
    label_all(ana, project, [{"class": project.options[0]["value"]}])
    rita = Caller.named(people["rita"], source="test")
    members.add_member(Caller.named(ana, source="test"), project.pk, username="rita", role="reviewer")
    reviewing.send_back(rita, project.items.get().pk, note=remark)
    page = open_as(ana, f"/labelling/{project.pk}/label/", viewport={"width": 400, "height": 800})
    expect(page.get_by_text("Sent back by a reviewer:")).to_be_visible()
    assert out_of_sight(page, ".option:last-child", "[data-next]") == []
    assert text_in_sight(page, ".label-item") > 120
    assert faults(page) == []


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (400, 800)])
def test_answers_are_in_sight_and_choosing_moves_nothing(
    open_as: OpenAs,
    people: dict[str, User],
    make_project: MakeProject,
    width: int,
    height: int,
) -> None:
    project = make_project(people["ana"], rows=[{"title": "Long", "text": LONG}], options=SIX_CLASSES)
    page = open_as(
        people["ana"], f"/labelling/{project.pk}/label/", viewport={"width": width, "height": height}
    )
    floor = page.locator("[data-marking-banner]").last.bounding_box()
    assert floor is not None

    def places() -> list[dict[str, float] | None]:
        return [
            page.locator(name).bounding_box() for name in (".option >> nth=5", "[data-next]", ".label-item")
        ]

    before = places()
    assert all(box is not None and box["y"] + box["height"] <= floor["y"] for box in before[:2])
    page.keyboard.press("3")
    assert places() == before
    page.keyboard.press("s")
    skip = page.locator("[data-skip-now]").bounding_box()
    assert skip is not None
    assert skip["y"] + skip["height"] <= floor["y"]
