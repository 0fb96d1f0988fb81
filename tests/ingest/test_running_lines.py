"""Heads, feet and page numbers stay in the text of their pages and out of passages; what only looks like
them stays in both.
"""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.models import Passage
from ingest.passages import cut_pages
from ingest.protocol import Box, Heading, PageRead
from ingest.running_lines import running_lines
from tests.ingest import files
from tests.ingest.conftest import Take

SUBJECTS = (
    *("harbour", "pumps", "cranes", "convoys", "bridges", "tents", "generators", "wells", "latrines"),
    *("clinics", "barges", "fuel", "flour", "roads", "chlorine", "ferries", "radios", "maps", "trucks"),
    *("sandbags", "hospitals", "turbines", "culverts", "orchards", "mills"),
)


def body(number: int, rows: int = 12) -> list[str]:
    """Sentences that no other page has."""
    subject = SUBJECTS[number % len(SUBJECTS)]
    return [
        f"{chr(65 + row)}fter {subject} came {SUBJECTS[(number * 7 + row * 3) % len(SUBJECTS)]} of kind"
        f" {chr(97 + row)}{chr(97 + number % 26)} to the pier"
        for row in range(rows)
    ]


def printed(
    number: int,
    head: Sequence[str] = (),
    text: Sequence[str] = (),
    foot: Sequence[str] = (),
    *,
    source: str = "digital",
    first: float = 0.12,
) -> PageRead:
    """A page with boxes: `head` from the top edge down, `text` from `first` down, `foot` at the bottom edge.

    A tab in a line is a wide gap.
    """
    places = [0.03 + 0.016 * at for at in range(len(head))]
    places += [first + 0.016 * at for at in range(len(text))]
    places += [0.97 - 0.016 * at for at in reversed(range(len(foot)))]
    lines = [*head, *text, *foot]
    words, start = [], 0
    for line, top in zip(lines, places, strict=True):
        at, left = 0, 0.1
        for field in line.split("\t"):
            for word in field.split(" "):
                width = 0.006 * len(word)
                words.append(Box(start + at, start + at + len(word), left, top, left + width, top + 0.01))
                at += len(word) + 1
                left += width + 0.006
            left += 0.2
        start += len(line) + 1
    return PageRead(number, "\n".join(line.replace("\t", " ") for line in lines), source, words=tuple(words))


def plain(number: int, *blocks: Sequence[str]) -> PageRead:
    """A page without boxes: blocks of lines with an empty line between."""
    return PageRead(number, "\n\n".join("\n".join(block) for block in blocks))


def left_out(pages: Sequence[PageRead]) -> list[list[str]]:
    """The lines left out, page by page."""
    found = running_lines(pages)
    return [
        [page.text[start:end] for start, end in spans]
        for page, spans in zip(pages, found.left_out, strict=True)
    ]


def passages(pages: Sequence[PageRead]) -> str:
    texts = {page.number: page.text for page in pages}
    return "\n".join(texts[c.page][c.start : c.end] for c in cut_pages(pages, running_lines(pages)))


def test_a_head_and_a_foot_with_the_page_number_leave_the_passages_but_not_the_pages() -> None:
    pages = [
        printed(n, ["Flood relief in the valley"], body(n), [f"HES/BR/07\t{n}\tCUI"]) for n in range(1, 8)
    ]
    assert left_out(pages)[3] == ["Flood relief in the valley", "HES/BR/07 4 CUI"]
    found = passages(pages)
    assert found.count("HES/BR/07") == 1 and found.count("Flood relief in the valley") == 1
    assert all(line in found for page in range(1, 8) for line in body(page))


def test_a_running_line_whose_words_stand_in_the_text_too_leaves_every_page() -> None:
    text = ["The flood relief in the valley is told here."]
    pages = [printed(n, ["Flood relief in the valley"], body(n) + text * (n == 2)) for n in range(1, 8)]
    assert left_out(pages) == [["Flood relief in the valley"]] * 7


@pytest.mark.parametrize(
    "form", ["{0}", "- {0} -", "Page {0} of 12", "{0}/12", "[{0}]", "Seite {0}", "p. {0}", "стр. {0}"]
)
def test_page_numbers_leave_however_they_are_written(form: str) -> None:
    numbers = [form.format(n) for n in range(1, 6)]
    printed_pages = [printed(n, [], body(n), [numbers[n - 1]]) for n in range(1, 6)]
    plain_pages = [plain(n, body(n), [numbers[n - 1]]) for n in range(1, 6)]
    assert left_out(printed_pages) == left_out(plain_pages) == [[number] for number in numbers]


def test_roman_and_bates_numbers_and_numbers_that_begin_elsewhere_leave() -> None:
    roman = ["iii", "iv", "v", "vi", "vii"]
    for numbers in (roman, [f"ABC{n:06}" for n in range(123, 128)], [str(n) for n in range(57, 62)]):
        pages = [printed(at + 1, [], body(at), [number]) for at, number in enumerate(numbers)]
        assert left_out(pages) == [[number] for number in numbers]


def test_page_numbers_that_begin_anew_with_each_chapter_leave() -> None:
    numbers = [1, 2, 3, 4, 1, 2, 3]
    pages = [printed(at + 1, [], body(at), [f"- {number} -"]) for at, number in enumerate(numbers)]
    assert left_out(pages) == [[f"- {number} -"] for number in numbers]


def test_a_page_number_beside_a_title_leaves_where_its_place_shows_that_it_is_one() -> None:
    for forms in (
        ["Relief toolkit | G-{0}"] * 2,
        ["Relief toolkit\tA-{0}"] * 2,
        ["{0}\tRelief toolkit"] * 2,
        ["{0} Relief toolkit", "Relief toolkit {0}"],
        ["VerDate 11-MAY-2000 13:57 Jkt 074464 PO 00000 Frm {0:05} Fmt 6633"] * 2,
    ):
        said = "VerDate relief toolkit 11-MAY-2000 MAY G-1 A-1"
        pages = [
            printed(n, [], [*body(n), said] if n == 1 else body(n), [forms[n % 2].format(n)])
            for n in range(1, 9)
        ]
        assert [len(lines) for lines in left_out(pages)][1:] == [1] * 7


def test_heads_of_odd_and_even_pages_leave() -> None:
    heads = ["Water and health", "The third inquiry"]
    said = "Water and health and the third inquiry were spoken of."
    pages = [printed(n, [heads[n % 2]], [*body(n), said] if n == 1 else body(n)) for n in range(1, 11)]
    assert left_out(pages) == [[heads[n % 2]] for n in range(1, 11)]


def test_the_head_of_a_long_chapter_leaves_the_pages_of_that_chapter() -> None:
    said = ["Hydrology is told here."]
    pages = [
        printed(n, ["HYDROLOGY"] if 10 <= n < 20 else [], body(n) + said * (n == 3)) for n in range(1, 31)
    ]
    assert [bool(lines) for lines in left_out(pages)] == [10 <= n < 20 for n in range(1, 31)]


def test_a_letter_or_two_misread_change_nothing() -> None:
    feet = [
        "JTF-SH/J3/SITREP/01\t1",
        "JTE-SH/J3/SITREP/01\t2",
        "JTF-SH/J3/SITREP/01 i\t3",
        "JTF-SH/J3/SITREP/01",
    ]
    pages = [
        printed(n, ["CUl" if n == 2 else "CUI"], body(n), [feet[n - 1]], source="ocr") for n in range(1, 5)
    ]
    found = passages(pages)
    assert found.count("SITREP/01") == 1 and "CU" not in found


def test_markings_of_pages_leave_and_those_of_paragraphs_stay() -> None:
    banner = "SECRET//NOFORN"
    pages = [printed(n, [banner], [f"(S//NF) {line}" for line in body(n)], [banner]) for n in range(1, 5)]
    assert passages(pages).count(banner) == 1
    assert passages(pages).count("(S//NF)") == 4 * 12
    assert all(page.text.count(banner) == 2 for page in pages)


def test_numbers_that_do_not_count_pages_keep_their_lines() -> None:
    for lines in (
        [f"Case number: {n}" for n in (4711, 4716, 4709, 4802, 4750)],
        [f"Annex {n}" for n in range(1, 6)],
        [f"Day {n}" for n in range(1, 6)],
        [f"Invoice {n}" for n in range(101, 106)],
        [f"Exhibit {letter}" for letter in "ABCDE"],
        ["I", "II", "III", "IV", "V"],
        [f"[See headnote, page {n}]" for n in (646, 702, 650, 688, 611)],
    ):
        pages = [printed(at + 1, [line], body(at)) for at, line in enumerate(lines)]
        assert left_out(pages) == [[]] * 5


def test_copies_of_one_form_keep_their_labels() -> None:
    labels = [
        "REGISTRATION CARD",
        "Camp Lipa",
        "Date of arrival",
        "Family name",
        "Given name",
        "Village of origin",
    ]
    names = ["Kovac", "Horvat", "Petrov", "Novak", "Marin"]
    pages = [
        printed(n, labels[:2], [*labels[2:], names[n - 1], "Signature of the officer"], ["Form 12"])
        for n in range(1, 6)
    ]
    assert left_out(pages) == [[]] * 5


def test_the_head_of_a_table_that_is_repeated_stays() -> None:
    for first in (0.12, 0.04):
        rows = [
            [f"{SUBJECTS[n + at]}\t{n * 40 + at * 7}\t{n * 11 + at}" for at in range(14)] for n in range(6)
        ]
        pages = [
            printed(n + 1, [], ["Village\tHouseholds\tTents", *rows[n]], [], first=first) for n in range(6)
        ]
        assert left_out(pages) == [[]] * 6


def test_what_stands_several_times_on_a_page_is_part_of_a_figure() -> None:
    axes = ["Frequency, c/yr", "", "Frequency, c/yr", "", "Frequency, c/yr"]
    pages = [printed(n, [], body(n, 30), [line for line in axes if line]) for n in range(1, 8)]
    assert left_out(pages) == [[]] * 7


def test_the_turns_of_a_transcript_stay() -> None:
    for opening in ("MR. SMITH:", "Q.", "A. Yes."):
        pages = [printed(n, [], [opening, *body(n)]) for n in range(1, 9)]
        assert left_out(pages) == [[]] * 8
    pages = [plain(n, ["MR. SMITH:"], body(n)) for n in range(1, 9)]
    assert left_out(pages) == [[]] * 8


def test_a_list_of_who_speaks_on_the_page_stays() -> None:
    names = ["MR. ALBA", "MS. BROWN", "MR. COLE", "MS. DIAZ", "MR. EVANS"]
    speakers = [[name for at, name in enumerate(names) if (n + at) % 3] for n in range(1, 13)]
    assert left_out([printed(n, who, body(n)) for n, who in enumerate(speakers, 1)]) == [[]] * 12
    assert left_out([plain(n, who, body(n)) for n, who in enumerate(speakers, 1)]) == [[]] * 12


def test_line_numbers_read_by_themselves_leave_and_those_before_words_stay() -> None:
    column = [str(n) for n in range(1, 26)]
    pages = [plain(n, column, body(n)) for n in range(1, 4)]
    assert left_out(pages) == [column] * 3
    before = [plain(n, [f"{at} {line}" for at, line in enumerate(body(n), 1)]) for n in range(1, 4)]
    assert left_out(before) == [[]] * 3


def test_one_page_loses_only_what_is_unmistakable() -> None:
    assert left_out([printed(1, ["CUI"], body(1), ["CUI"])]) == [["CUI", "CUI"]]
    assert left_out([printed(1, [], body(1), ["- 1 -"])]) == [["- 1 -"]]
    assert left_out([printed(1, [], body(1), ["Page 1 of 1"])]) == [["Page 1 of 1"]]
    for head, foot in (
        (["Ministry of Health"], ["Total 1"]),
        (["Office of the Prefect"], ["12"]),
        ([], ["Signed at Brezna"]),
    ):
        assert left_out([printed(1, head, body(1), foot)]) == [[]]
    assert left_out([plain(1, ["1"], body(1))]) == [[]]


def test_two_pages_share_a_head_only_in_the_margin() -> None:
    said = "The report of the harbour master follows."
    pages = [printed(n, ["Report of the harbour master"], [said, *body(n)], [f"- {n} -"]) for n in (1, 2)]
    assert left_out(pages) == [["Report of the harbour master", f"- {n} -"] for n in (1, 2)]
    assert left_out([plain(n, ["Report of the harbour master"], body(n)) for n in (1, 2)]) == [[], []]


def test_a_foot_that_stays_is_neither_a_heading_nor_a_passage_by_itself() -> None:
    page = printed(1, ["CUI"], body(1), ["4 HES/BR/07\t1", "CUI"])
    page = PageRead(
        1, page.text, words=page.words, headings=(Heading(page.text.index("4 HES"), 1, "4 HES/BR/07 1"),)
    )
    cuts = list(cut_pages([page], running_lines([page])))
    assert [cut.heading for cut in cuts] == [""]
    assert page.text[cuts[0].start : cuts[0].end].endswith("4 HES/BR/07 1")


def test_a_line_that_stays_is_no_passage_by_itself_though_the_text_before_it_is_long() -> None:
    foot = "Registered under 4/HES/BR/07 in the archive of the Fourth Harbour Engineer Squadron at Brezna"
    for rows in (10, 13, 16, 20, 30):
        pages = [printed(n, [], body(n, rows), ["CUI", foot]) for n in range(1, 6)]
        cuts = [c for c in cut_pages(pages, running_lines(pages)) if c.page == 1]
        assert pages[0].text[cuts[-1].start : cuts[-1].end].endswith(foot)
        assert cuts[-1].end - cuts[-1].start > len(foot) + 300


WORDS = st.lists(
    st.sampled_from(["Water", "1", "2", "CUI", "Page 2", "pumps AB12", "", "Annex A"]), max_size=12
)


@settings(max_examples=300)
@given(st.lists(WORDS, min_size=1, max_size=7), st.booleans())
def test_no_word_is_lost_to_search(lines: list[list[str]], is_ocr: bool) -> None:
    source = "ocr" if is_ocr else "digital"
    pages = [PageRead(n, "\n".join(page), source) for n, page in enumerate(lines, 1)]
    written = "\n".join(page.text for page in pages)
    found = passages(pages)
    assert all(word in found for word in ("Water", "AB12", "Annex", "pumps") if word in written)


@given(st.lists(WORDS, min_size=1, max_size=7))
def test_passages_hold_all_that_is_not_left_out_and_nothing_else(lines: list[list[str]]) -> None:
    pages = [PageRead(n, "\n".join(page)) for n, page in enumerate(lines, 1)]
    running = running_lines(pages)
    assert running == running_lines(pages)
    for page, spans in zip(pages, running.left_out, strict=True):
        rest, place = "", 0
        for start, end in spans:
            assert place <= start < end
            rest, place = rest + page.text[place:start], end
        rest += page.text[place:]
        cut = [page.text[c.start : c.end] for c in cut_pages(pages, running) if c.page == page.number]
        assert "".join("".join(cut).split()) == "".join(rest.split())


def test_time_grows_with_the_pages_and_not_with_their_square() -> None:
    def seconds(count: int) -> float:
        pages = [printed(n, ["Flood relief"], body(n), [f"- {n} -"]) for n in range(1, count + 1)]
        began = time.process_time()
        assert running_lines(pages).page_count == count
        return time.process_time() - began

    seconds(50)
    # The best of three: whatever else the process has to clear away is no part of it.
    assert min(seconds(800) for _ in range(3)) < 20 * max(0.02, seconds(100))


def test_what_is_divided_here_has_no_running_lines() -> None:
    pages = [plain(n, ["* * * water * * *"], body(n), [f"Page {n}"]) for n in range(1, 8)]
    assert running_lines(pages, "text").page_count == 7
    for kind in ("html", "mail", "csv", "xlsx", "docx", "markdown"):
        assert running_lines(pages, kind).page_count == 0


def test_a_file_is_read_with_its_pages_whole_and_its_note_on_the_document(take: Take) -> None:
    pages = [
        ["", *body(n), *[""] * 26, f"HES/BR/07          {n} of 5"] for n in range(1, 6)
    ]  # fmt: skip
    document = take(files.pdf_bytes(pages), "bridge.pdf")
    found = Passage.objects.filter(document=document).select_related("page")
    assert sum("HES/BR/07" in passage.text for passage in found) == 1
    assert all("HES/BR/07" in page.text for page in document.pages.all())
    assert all(p.text == p.page.text[p.start : p.end] for p in found)
    assert document.metadata["left_out_of_search"].startswith("running lines on 4 pages: “HES/BR/07 …")
    assert not document.error
