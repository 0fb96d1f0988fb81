"""Figures reckoned from cells: changes, shares, means of items by period."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.kinds import Asked, Taken
from donovan.assistant.kinds.registry import Candidate
from donovan.assistant.spans import Span
from donovan.insight.tables.crosstabs.cells import figure, read_cells
from donovan.insight.tables.crosstabs.in_ask import answer
from donovan.insight.tables.crosstabs.operations import Operation, wanted
from donovan.insight.tables.crosstabs.reckoning import reckon
from donovan.insight.tables.models import DataTable
from retrieval.results import SearchFilters
from tests.insight.tables.conftest import Tables

RELIEF = """<html><head><title>Relief account of the Orla valley</title></head><body><table>
<tr><td></td><td>Year ended June 30,</td><td></td></tr>
<tr><td></td><td>2019</td><td>2018</td></tr>
<tr><td>(In thousands)</td><td></td><td></td></tr>
<tr><td>Received:</td><td></td><td></td></tr>
<tr><td>Donations</td><td>$1,250</td><td>$1,000</td></tr>
<tr><td>Other</td><td>40</td><td>60</td></tr>
<tr><td>Total received</td><td>1,290</td><td>1,060</td></tr>
<tr><td>Spent:</td><td></td><td></td></tr>
<tr><td>Tents</td><td>(300)</td><td>(200)</td></tr>
<tr><td>Other</td><td>(90)</td><td>(50)</td></tr>
<tr><td>Result</td><td>$900</td><td>$(90)</td></tr>
</table><p>The account was closed in July.</p></body></html>"""

Ask = Callable[..., Taken | None]


@pytest.fixture
def ask(ana: User) -> Ask:
    """Ask with the documents of these tables as what was found."""

    def act(question: str, *tables: DataTable, by: User = ana) -> Taken | None:
        found = [Candidate(Span(table.document_id, 0, 1, 0, 1, "x"), 0.5) for table in tables]
        asked = Asked(question, "en", "fact", scope_for(by), SearchFilters(), lambda _: found)
        return answer(asked)

    return act


@pytest.mark.parametrize(
    ("question", "operation", "items", "years"),
    [
        ("What was the change in donations from 2018 to 2019?", "change", ["donations"], [2018, 2019]),
        ("What is the percentage increase in FY19 in tents from FY18?", "change", ["tents"], [2019, 2018]),
        ("By how much did the donations fall between 2018 and 2019?", "change", ["donations"], [2018, 2019]),
        ("What is the average of tents for 2017, 2018 and 2019?", "average", ["tents"], [2017, 2018, 2019]),
        ("What was the mean intake from 2017 to 2019?", "average", ["intake"], [2017, 2018, 2019]),
        ("What is the average of tents between 2017-2019?", "average", ["tents"], [2017, 2018, 2019]),
        ("What is the average of tents in 2017 and 2019?", "average", ["tents"], [2017, 2019]),
        ("What is the ratio of tents to all spent in 2019?", "ratio", ["tents", "all spent"], [2019]),
        ("What percentage of the result were gifts in 2019?", "share", ["gifts", "result"], [2019]),
        ("What is the difference between gifts and tents in 2018?", "difference", ["gifts", "tents"], [2018]),
        ("What is the sum of tents in 2018 and 2019?", "sum", ["tents"], [2018, 2019]),
    ],
)  # fmt: skip
def test_what_is_to_be_reckoned_is_read_from_the_question(
    question: str, operation: str, items: list[str], years: list[int]
) -> None:
    what = wanted(question)
    assert what is not None
    assert (what.operation, list(what.items), list(what.years)) == (Operation(operation), items, years)


@pytest.mark.parametrize(
    "question",
    [
        "Why did the donations fall in 2019?",
        "What changed since 2018?",
        "What was the total received in 2019?",
        "What were the totals received in 2018 and 2019 respectively?",
        "Who runs the bridge?",
        "What is the change in " + "x " * 400,
    ],
)
def test_other_questions_are_left_alone(question: str) -> None:
    assert wanted(question) is None


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [("$1,250", "1250", "$"), ("(90)", "-90", ""), ("$(90)", "-90", "$"), ("-3.5%", "-3.5", "%")],
)
def test_a_cell_is_read_as_accounts_write_it(text: str, value: str, unit: str) -> None:
    assert figure(text) == (Decimal(value), unit)
    assert figure("12 March") is None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What was the change in donations from 2018 to 2019?", "$1,000 in 2018, a change of +250 (+25 %)"),
        ("What was the percentage change in total received between 2018 and 2019?", "+21.7 % (+230)"),
        ("How much did the result change from 2018 to 2019?", "a change of +990."),
        ("What was the change in tents?", "a change of -100 (+50 % in size)"),
        ("What is the average of donations for 2018 and 2019?", "1,125 ($1,000 in 2018, $1,250 in 2019)"),
        ("What percentage of total received were donations in 2019?", "96.9 %"),
        ("What is the ratio of donations to total received in 2018?", "The ratio in 2018 is 0.94"),
        ("What is the difference between donations and total received in 2018?", "is -60"),
        ("What was the change in other received from 2018 to 2019?", "a change of -20 (-33.33 %)"),
    ],
)  # fmt: skip
def test_the_figure_says_its_cells(tables_of: Tables, ask: Ask, question: str, said: str) -> None:
    taken = ask(question, *tables_of(RELIEF, "relief.html"))
    assert taken is not None, question
    (statement,) = taken.statements
    assert said in statement.text
    cited = " ".join(span.text for span in statement.spans)
    assert all(cell.strip(",)") in cited for cell in statement.text.split() if cell.startswith("$1,"))
    assert any("no model had a part" in notice for notice in taken.notices)


@pytest.mark.parametrize(
    "question",
    [
        "What was the change in other from 2018 to 2019?",
        "What was the change in blankets from 2018 to 2019?",
        "What was the change in donations from 2016 to 2019?",
        "What was the change in donations to Karsova from 2018 to 2019?",
    ],
    ids=["two rows of that name", "no such row", "no such year", "of something else"],
)
def test_nothing_is_reckoned_from_cells_that_are_not_surely_meant(
    tables_of: Tables, ask: Ask, question: str
) -> None:
    assert ask(question, *tables_of(RELIEF, "relief.html")) is None


def told(question: str, heads: str, *rows: str) -> str:
    """What is said over a table of these cells, divided by bars; nothing where no figure is given."""
    what = wanted(question)
    assert what is not None, question
    texts = [(number, [cell.strip() for cell in row.split("|")]) for number, row in enumerate(rows, 1)]
    found = reckon(what, list(read_cells([head.strip() for head in heads.split("|")], texts)), "")
    return found.sentence if found is not None else ""


@pytest.mark.parametrize(
    ("question", "heads", "row"),
    [
        ("change in trucks from March 2018 to March 2019", "|31 Dec 2018|31 Dec 2019", "Trucks|10|20"),
        ("change in trucks from 2018 to 2019", "|Q4 2018|2019", "Trucks|10|50"),
        ("change in trucks from 2018 to 2019", "|Three months 2018|December 31, 2019", "Trucks|10|50"),
        ("change in trucks from 2018 to 2019", "|2018 actual|2019 planned", "Trucks|10|50"),
        ("change in trucks from FY2018 to FY2019", "|CY2018|CY2019", "Trucks|10|50"),
        ("change in trucks from 2018 to 2019", "|2018/19|2019/20", "Trucks|10|50"),
        ("change in aid from 2018 to 2019", "|2018|2019", "Aid|€ 100|$ 120"),
        ("change in aid from 2018 to 2019", "|2018|2019", "Aid|45%|120"),
        ("change in killed between 2018 and 2019", "|2018|2019", "Killed and wounded|10|20"),
        ("change in trucks from 2018 to 2019", "|2018|2019", "Trucks|1.234|2.345"),
        ("sum of trucks in 2018 and 2019", "|2018|2019", "Trucks|10%|20%"),
        ("sum of trucks in 2018 and 2019", "|As of 2018|As of 2019", "Trucks|10|20"),
        ("average of trucks", "|2018|2019|2020", "Trucks|10||30"),
        ("change in Iran's exports from 2018 to 2019", "|2018|2019", "Exports|10|20"),
    ],
)  # fmt: skip
def test_figures_that_do_not_go_together_give_none(question: str, heads: str, row: str) -> None:
    assert told(f"What was the {question}?", heads, row) == ""


def test_two_items_of_other_scales_give_none() -> None:
    rows = ("Budget (in millions)|20|21", "Spending (in thousands)|15000|16000")
    assert told("What is the difference between budget and spending in 2018?", "|2018|2019", *rows) == ""


def test_a_row_with_several_labels_is_known_by_all_of_them() -> None:
    rows = ("Helmand|Casualties|10|20", "|Trucks|7|9", "Kabul|Casualties|1|3", "|Trucks|2|2")
    heads = "Province|Item|2018|2019"
    assert told("What was the change in helmand from 2018 to 2019?", heads, *rows) == ""
    assert "a change of +2 " in told(
        "What was the change in casualties in Kabul from 2018 to 2019?", heads, *rows
    )
    assert "a change of +2 " in told("What was the change in helmand trucks from 2018 to 2019?", heads, *rows)


@pytest.mark.parametrize(
    ("question", "heads", "row", "said"),
    [
        ("decrease in trucks from 2018 to 2019", "|2018|2019", "Trucks|10|20", "It rose, it did not fall."),
        ("percentage change in gain from 2018 to 2019", "|2018|2019", "Gain|(50)|100", "no percentage"),
        ("change in trucks from FY2018 to FY2019", "|FY18|FY19", "Trucks|10|20", "a change of +10 (+100 %)"),
        ("change in trucks from 2018 to 2020", "|Dec 29, 2018|January 3, 2020", "Trucks|10|20", "+10 (+100"),
        ("change in trucks from 2018 to 2019", "Year|Trucks", "2018|10||2019|20", "+10 (+100 %)"),
    ],
)  # fmt: skip
def test_what_goes_together_is_said_with_care(question: str, heads: str, row: str, said: str) -> None:
    assert said in told(f"What was the {question}?", heads, *row.split("||"))


def test_documents_that_disagree_give_no_figure_and_copies_do(tables_of: Tables, ask: Ask) -> None:
    question = "What was the change in donations from 2018 to 2019?"
    first, copy = tables_of(RELIEF, "a.html"), tables_of(RELIEF.replace("closed", "shut"), "b.html")
    assert ask(question, *first, *copy) is not None
    other = tables_of(RELIEF.replace("$1,250", "$1,400"), "c.html")
    assert ask(question, *first, *other) is None


def test_a_table_above_the_clearance_has_no_part(tables_of: Tables, ask: Ask, ben: User) -> None:
    question = "What was the change in donations from 2018 to 2019?"
    secret = tables_of(RELIEF.replace("$1,250", "$1,400"), "s.html", marking="SECRET//NOFORN")
    plain = tables_of(RELIEF, "p.html")
    both, alone = ask(question, *secret, *plain, by=ben), ask(question, *plain, by=ben)
    assert both == alone is not None
    assert ask(question, *secret, by=ben) is None
