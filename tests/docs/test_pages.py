"""What the pages for people name is there, and the front door stays short."""

import pytest

from tests.docs import pages
from tests.docs.pages import DocPage, all_pages

PAGES = all_pages()
CHECKS = (
    pages.missing_paths,
    pages.broken_links,
    pages.unknown_targets,
    pages.unknown_commands,
    pages.unknown_variables,
)
MOST_WORDS = 900


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.place)
def test_what_a_page_names_is_there(page: DocPage, check: pages.Check) -> None:
    assert check(page) == []


@pytest.mark.parametrize(
    ("check", "text", "sentence"),
    [
        (pages.missing_paths, "Look into `ingest/nowhere.py`.", "there is no ingest/nowhere.py"),
        (pages.missing_paths, "Look into tests/nowhere for it.", "there is no tests/nowhere"),
        (pages.missing_paths, "See `NOWHERE.md`.", "there is no NOWHERE.md"),
        (pages.missing_paths, "See `pictures/nowhere.svg`.", "there is no pictures/nowhere.svg"),
        (pages.missing_paths, "All of `donovan/*/nowhere.py`.", "there is no donovan/*/nowhere.py"),
        (pages.broken_links, "[there](nowhere.md)", "the link nowhere.md leads nowhere"),
        (pages.broken_links, "![there](pictures/nowhere.svg)", "leads nowhere"),
        (pages.broken_links, "[there](architecture.md#nowhere)", "names no heading"),
        (pages.broken_links, "# Here\n\n[there](#nowhere)", "names no heading"),
        (pages.unknown_targets, "Say `make tea`.", "there is no make tea"),
        (pages.unknown_targets, "First:\n\n    make tea", "there is no make tea"),
        (pages.unknown_targets, "Say `make bench BENCH=tea`.", "there is no BENCH=tea"),
        (pages.unknown_commands, "Say `manage.py brew`.", "there is no manage.py brew"),
        (pages.unknown_commands, "```\nmanage.py ask --loudly\n```", "there is no manage.py ask --loudly"),
        (pages.unknown_commands, "Say `python -m deploy.tea`.", "there is no module deploy.tea"),
        (pages.unknown_variables, "Set `DONOVAN_TEA`.", "nothing reads DONOVAN_TEA"),
    ],
)
def test_a_page_that_names_what_is_not_there_is_found(check: pages.Check, text: str, sentence: str) -> None:
    (found,) = check(DocPage("docs/made-up.md", text))
    assert sentence in found


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_page_that_names_what_is_there_is_left_alone(check: pages.Check) -> None:
    text = """# What is here

[here](#what-is-here), [walks](architecture.md#from-a-file-to-a-hit): `ingest/blobs.py`,
`pictures/file-to-hit.svg`, `make test PYTEST="tests/reports -x"`, `make bench BENCH="ocr --json"`,
`.venv/bin/python`, `DATA/models/chosen.json`,
`manage.py evaluate suite retrieval --model current --as mia`, `python -m deploy.supervisor --status`,
`DONOVAN_DATA`, `/opt/donovan/current`.
"""
    assert check(DocPage("docs/made-up.md", text)) == []


def test_the_front_door_stays_short() -> None:
    (readme,) = (page for page in PAGES if page.place == "README.md")
    assert pages.words_of(readme) < MOST_WORDS


def test_the_front_door_leads_to_every_page() -> None:
    readme = (pages.ROOT / "README.md").read_text(encoding="utf-8")
    assert [
        page.place for page in PAGES if page.place not in ("README.md",) and page.place not in readme
    ] == []


def test_every_picture_can_be_read_in_words_and_in_both_looks() -> None:
    """Each has a title, a description and a ground of its own, and asks nothing of a network."""
    pictures = sorted((pages.ROOT / "docs" / "pictures").glob("*.svg"))
    assert len(pictures) == 4
    for picture in pictures:
        text = picture.read_text(encoding="utf-8")
        assert "<title" in text and "<desc" in text and 'role="img"' in text, picture.name
        assert 'fill="#ffffff"' in text.split("<text")[0], f"{picture.name} has no ground"
        assert text.count("http") == 1, f"{picture.name} names an address beside its form"
        assert len(text) < 10_000, picture.name
