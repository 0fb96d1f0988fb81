"""A document is called what it bears: never its contents, its letterhead or the program that made it."""

import pytest

from ingest.protocol import Box, Heading, PageRead
from ingest.titles import Sources, readable_name, title_of

Line = tuple[float, str]


def page(*lines: Line) -> PageRead:
    """A page of lines in print of these heights (shares of the page), from its top down."""
    text, words, top = "", [], 0.05
    for size, line in lines:
        start = len(text)
        text += line + "\n"
        words.append(Box(start, start + len(line), 0.1, top, 0.9, top + size, 1.0))
        top += size * 1.5
    return PageRead(1, text, words=tuple(words))


BODY: list[Line] = [(0.01, "The lamp at the northern pier is to be kept in order by the tenant of it.")] * 12


def called(shown: PageRead, stated: str = "", name: str = "x.pdf", kind: str = "pdf") -> str:
    return title_of(Sources(stated, kind, [shown], name))


def test_the_largest_print_near_the_top_is_the_title() -> None:
    shown = page((0.01, "UNCLASSIFIED"), (0.025, "The upkeep of"), (0.025, "harbour lamps"), *BODY)
    assert called(shown, "Microsoft Word - lamps.doc") == "The upkeep of harbour lamps"


def test_a_letterhead_gives_way_to_the_subject() -> None:
    shown = page(
        (0.03, "MARLOW TIMBER COMPANY"), (0.008, "Tel. 555 4471"), (0.01, "Subject: Lamp oil"), *BODY
    )
    assert called(shown) == "Lamp oil"


def test_what_the_file_and_its_page_both_say_is_the_title() -> None:
    assert called(
        page((0.03, "HARBOUR OFFICE"), (0.01, "Lamp oil in winter"), *BODY), "Lamp oil in winter"
    ) == ("Lamp oil in winter")


@pytest.mark.parametrize(
    "line", ["Contents", "1 Lamps ............ 4", "© 2019 Harbour Office", "Tel: 555 4471"]
)
def test_what_no_title_is_is_none(line: str) -> None:
    assert called(page((0.03, line), *BODY), name="harbour_lamps_2019.pdf") == "harbour lamps 2019"


def test_a_file_that_writes_the_day_in_another_way_than_its_page_says_the_same() -> None:
    head = ((0.03, "HEADQUARTERS, TASK FORCE NORTH"), (0.01, "LAMP REPORT 04"), (0.01, "091800Z SEP 26"))
    shown = page(*head, *BODY)
    assert called(shown, "Lamp report 04, 9 September 2026") == "Lamp report 04, 9 September 2026"


def test_what_a_template_left_in_a_file_is_not_its_title() -> None:
    shown = page((0.03, "The upkeep of harbour lamps"), *BODY)
    assert called(shown, "Annual budget of the fisheries board") == "The upkeep of harbour lamps"


@pytest.mark.parametrize(
    "line",
    [
        "1. (U) SITUATION",
        "HEADQUARTERS, TASK FORCE NORTH",
        "A keeper with direct access, who has worked in the yard of",
        "The lamp ship came in at 1430 on 20 September and was lit at 1600.",
    ],
)
def test_sections_senders_and_running_text_in_large_print_are_no_titles(line: str) -> None:
    assert called(page((0.03, line), *BODY), name="harbour_lamps_2019.pdf") == "harbour lamps 2019"


def test_the_name_of_a_site_is_left_out_of_the_title_of_its_page() -> None:
    shown = PageRead(1, "Lamp oil\nWords.", headings=(Heading(0, 1, "Lamp oil"),))
    assert called(shown, "Lamp oil | Port Evering Online", kind="html") == "Lamp oil"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mail/2019/harbour_lamps%20final.docx", "harbour lamps final"),
        ("note.txt", "note.txt"),
        ("4471_12.pdf", "4471_12.pdf"),
    ],
)
def test_a_file_name_is_made_readable_where_it_is_not(name: str, words: str) -> None:
    assert readable_name(name) == words
