"""Questions to tables: exact or not at all. The questions and their gold are those of the benchmark."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from donovan.access.models import Collection, User
from donovan.insight.errors import InsightError
from donovan.insight.tables.engine import open_session
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.questions import TableAnswer, answer_question
from donovan.insight.tables.questions.checking import check
from donovan.insight.tables.reading import facts_of_table
from tests.benchmarks import spoken_tables, table_questions
from tests.benchmarks.arithmetic import judge
from tests.insight.tables.conftest import Tables, tables_of
from tests.library.conftest import hand_in

__all__ = ["hand_in", "tables_of"]
pytestmark = pytest.mark.django_db
Ask = Callable[..., TableAnswer]
STOCK = (
    "item,place,quantity,unit,price,counted,so_far\n"
    "tents,Anvil,12,each,0.10,2026-03-01,12\n"
    "tents,Lipa,30,each,0.20,2026-03-01,42\n"
    "stoves,Anvil,7,each,0.30,2026-03-02,49\n"
    "blankets,Lipa,,each,1.15,2026-03-03,49\n"
    "blankets,Anvil,many,each,2.05,2026-03-03,49\n"
    "cots,Anvil,1,each,0,2026-03-04,50\n"
    "cots,Lipa,2,each,0,2026-03-04,52\n"
    "lamps,Anvil,3,each,0,2026-03-04,55\n"
    "lamps,Lipa,4,each,0,2026-03-05,59\n"
    "ropes,Anvil,5,each,0,2026-03-05,64\n"
    "ropes,Lipa,6,each,0,2026-03-05,70\n"
)


@pytest.fixture(autouse=True)
def _tables_of_this_test(settings: LazySettings, tmp_path: Path) -> None:
    settings.TABLE_DIR = tmp_path / "tables"
    settings.TABLE_DIR.mkdir()


@pytest.fixture
def ask(tables_of: Tables) -> Ask:
    """`ask(words)` of a small stock list, or of the given text of a CSV file."""
    made: dict[str, DataTable] = {}

    def act(words: str, text: str = STOCK) -> TableAnswer:
        if text not in made:
            made[text] = tables_of(text, f"stock{len(made)}.csv")[0]
        with open_session({"stock": made[text]}) as session:
            return answer_question(words, [facts_of_table(session, "stock", made[text])], session)

    return act


def test_a_part_of_the_benchmark_is_answered_rightly_and_the_rest_refused(
    ana: User, collections: dict[str, Collection], tmp_path: Path
) -> None:
    frames = spoken_tables.write(tmp_path / "csv")
    name = spoken_tables.PATROLS.name
    questions = [question for question in table_questions.ask_all(frames) if question.table == name]
    found = judge({name: tmp_path / "csv" / f"{name}.csv"}, questions)
    assert found["wrong"] == []
    assert found["refused"] == found["unanswerable"] >= 5
    assert found["answered"] >= 0.8 * found["asked"]


def test_sums_of_decimals_are_exact_to_the_last_digit(ask: Ask) -> None:
    assert str(ask("What is the total price?").value).rstrip("0") == "3.8"
    assert "about" not in ask("What is the total price?").sentence


def test_an_answer_says_what_was_left_out_and_cites_its_cells(ask: Ask) -> None:
    answer = ask("What is the highest quantity?")
    assert (answer.value, answer.cited, answer.cited_column) == (30, (3,), "quantity")
    assert answer.notes == (
        "Left out: 1 row without quantity.",
        "Left out: 1 row whose quantity is no whole number.",
    )


@pytest.mark.parametrize(
    "words",
    [
        "how many sleeping bags are there",
        "total quantity of helicopters",
        "total quantity in Narnia",
        "average colour",
        "why is the price high",
        "quantity next year",
        "",
        "?",
        "total",
        "place place place",
        "'; DROP TABLE stock; --",
        "total quantity of tents that were stolen",
        "total quantity of tents or price above 1",
    ],
)
def test_what_is_not_understood_word_for_word_is_not_answered(words: str, ask: Ask) -> None:
    answer = ask(words)
    assert answer.refused
    assert not answer.sentence


def test_what_can_be_read_in_two_ways_is_offered_as_a_choice(ask: Ask) -> None:
    text = "item,place,quantity\na,Lipa,50\nb,Anvil,40\nc,Anvil,30\n"
    answer = ask("Which place has the highest quantity?", text)
    assert "several ways" in answer.refused
    assert len(answer.choices) == 2


def test_a_running_total_is_never_added_up(ask: Ask) -> None:
    assert ask("What is the total so far?").value == 70


def test_the_query_of_an_answer_passes_the_check_of_any_query(ask: Ask) -> None:
    columns = ["item", "place", "quantity", "unit", "price", "counted", "so_far"]
    for words in (
        "total quantity by place",
        "top 2 items by total quantity",
        "share of rows with place Lipa",
    ):
        assert check(ask(words).sql, {"stock": columns}).views == {"stock"}


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO stock VALUES (1)",
        "SELECT * FROM stock, other",
        "SELECT * FROM main.secret",
        "ATTACH 'x.db'",
        "SELECT read_text('/etc/passwd') FROM stock",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM (DELETE FROM stock)",
        "PRAGMA database_list",
        "SELECT secret FROM stock",
        "WITH x AS (SELECT * FROM '/etc/passwd') SELECT * FROM x",
        "(" * 400,
    ],
)
def test_only_a_select_over_the_given_views_passes(sql: str) -> None:
    with pytest.raises(InsightError):
        check(sql, {"stock": ["item", "place"]})


def test_a_limit_is_added_where_none_is() -> None:
    assert "LIMIT 1000" in check("SELECT item FROM stock", {"stock": ["item"]}).sql
    assert "LIMIT 5" in check("SELECT item FROM stock LIMIT 5", {"stock": ["item"]}).sql
    assert check("SELECT item FROM stock LIMIT 9999999", {"stock": ["item"]}).sql.endswith("LIMIT 1000")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("average price for Anvil versus Lipa", "difference"),
        ("How many places have more than 20 quantity?", "refused"),
        ("the last 5 items", "refused"),
        ("items before 3 March with more than 8 quantity", "rows of March"),
    ],
)
def test_wordings_that_once_misled(words: str, value: str, ask: Ask) -> None:
    answer = ask(words)
    if value == "difference":
        assert answer.kind == "difference"
    elif value == "rows of March":
        assert answer.refused or "before 3 March 2026" in answer.sentence
    else:
        assert answer.refused


@pytest.mark.parametrize(
    "words",
    [
        "which items were not at Lipa",
        "total quantity from 2 March",
        "average daily quantity",
        "which item is largest",
        "how many places do not have tents",
    ],
)
def test_wordings_with_two_meanings_are_refused(words: str, ask: Ask) -> None:
    assert ask(words).refused
