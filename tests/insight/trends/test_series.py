"""Trends over documents, words and tables: true counts, gaps as gaps, and nothing from outside the scope."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest

from donovan.access.models import User
from donovan.insight.anomalies.models import Finding
from donovan.insight.entities.selectors import entities_in
from donovan.insight.entities.services import extract_entities
from donovan.insight.errors import InsightError
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.services import extract_tables
from donovan.insight.trends.measures import Measure
from donovan.insight.trends.series import Trend, series_of
from donovan.library.errors import NotFoundHere
from retrieval.scope import AccessScope
from tests.insight.trends.conftest import MakePaper
from tests.library.conftest import HandIn

ScopeOf = Callable[[User], AccessScope]
SEPTEMBER = date(2026, 9, 1)
DOCUMENTS = Measure("documents")


def values(trend: Trend, group: str = "") -> dict[date, float | None]:
    return {point.start: point.value for point in trend.of(group)}


def test_documents_are_counted_by_day_week_and_month(paper: MakePaper, ana: User, scope_of: ScopeOf) -> None:
    for offset in (0, 0, 3, 13, 35):
        paper("note", SEPTEMBER + timedelta(days=offset))
    by_day = values(series_of(scope_of(ana), DOCUMENTS))
    assert len(by_day) == 36
    assert {day: n for day, n in by_day.items() if n} == {
        SEPTEMBER: 2, date(2026, 9, 4): 1, date(2026, 9, 14): 1, date(2026, 10, 6): 1,
    }  # fmt: skip
    assert values(series_of(scope_of(ana), DOCUMENTS, interval="week")) == {
        date(2026, 8, 31): 3, date(2026, 9, 7): 0, date(2026, 9, 14): 1, date(2026, 9, 21): 0,
        date(2026, 9, 28): 0, date(2026, 10, 5): 1,
    }  # fmt: skip
    assert values(series_of(scope_of(ana), DOCUMENTS, interval="month")) == {
        SEPTEMBER: 4,
        date(2026, 10, 1): 1,
    }


def test_a_day_without_documents_is_zero_and_undated_ones_are_said(
    paper: MakePaper, ana: User, scope_of: ScopeOf
) -> None:
    paper("a", SEPTEMBER)
    paper("b", SEPTEMBER + timedelta(days=2))
    paper("c", None)
    trend = series_of(scope_of(ana), DOCUMENTS)
    assert values(trend)[SEPTEMBER + timedelta(days=1)] == 0
    assert any("1 documents have no date" in notice for notice in trend.notices)


def test_documents_received_are_placed_by_when_they_came(
    paper: MakePaper, ana: User, scope_of: ScopeOf
) -> None:
    paper("a", SEPTEMBER)
    paper("b", None)
    assert values(series_of(scope_of(ana), Measure("documents", clock="received"))) == {date(2026, 10, 1): 2}


def test_words_are_counted_whole_and_in_any_case(paper: MakePaper, ana: User, scope_of: ScopeOf) -> None:
    paper("Cholera at the camp. cholera again, but no choleraic fever.", SEPTEMBER)
    paper("The Orlov\n  Bridge and the Orlov bridges.", SEPTEMBER)
    assert values(series_of(scope_of(ana), Measure("words", words="cholera"))) == {SEPTEMBER: 2}
    assert values(series_of(scope_of(ana), Measure("words", words="orlov bridge"))) == {SEPTEMBER: 1}
    assert series_of(scope_of(ana), Measure("words", words="typhus")).points == []
    assert series_of(scope_of(ana), Measure("words", words="[.*(")).points == []


def test_mentions_of_an_entity_are_those_of_its_profile(
    paper: MakePaper, ana: User, scope_of: ScopeOf
) -> None:
    for offset, times in ((0, 1), (2, 3)):
        text = "The convoy reached Sarajevo. " * times
        extract_entities(paper(text, SEPTEMBER + timedelta(days=offset)).pk)
    (row,) = entities_in(scope_of(ana), ["place"]).rows
    trend = series_of(scope_of(ana), Measure("entity", entity=str(row.id)))
    assert list(values(trend).values()) == [1, 0, 3]
    assert sum(point.value or 0 for point in trend.points) == row.mentions
    assert trend.title == f"Mentions of {row.name}"


def test_groups_are_apart_and_the_rest_is_said(paper: MakePaper, ana: User, scope_of: ScopeOf) -> None:
    paper("a", SEPTEMBER)
    paper("b", SEPTEMBER, collection="logistics")
    paper("c", SEPTEMBER, collection="logistics")
    trend = series_of(scope_of(ana), DOCUMENTS, group="collection")
    assert trend.groups == ["logistics", "relief"]
    assert values(trend, "logistics") == {SEPTEMBER: 2}
    with pytest.raises(InsightError, match="grouped by"):
        series_of(scope_of(ana), DOCUMENTS, group="colour")


def test_a_burst_is_marked_with_its_chance_and_said(paper: MakePaper, ana: User, scope_of: ScopeOf) -> None:
    for offset in range(30):
        for _ in range(1 + offset % 2):
            paper("note", SEPTEMBER + timedelta(days=offset))
    for _ in range(12):
        paper("note", SEPTEMBER + timedelta(days=30))
    trend = series_of(scope_of(ana), DOCUMENTS)
    odd = [point for point in trend.points if point.is_odd]
    assert [point.start for point in odd] == [SEPTEMBER + timedelta(days=30)]
    assert odd[0].probability is not None and odd[0].probability < 0.001
    (sentence,) = trend.now
    assert sentence.startswith("1 Oct 2026 shows 12 documents, where 1.5 was expected")
    assert "So much more comes by chance" in sentence
    assert "negative binomial" in trend.baseline


def test_only_the_past_is_used(paper: MakePaper, ana: User, scope_of: ScopeOf) -> None:
    for offset in range(20):
        paper("note", SEPTEMBER + timedelta(days=offset))
    before = series_of(scope_of(ana), DOCUMENTS).points
    for _ in range(40):
        paper("note", SEPTEMBER + timedelta(days=20))
    assert series_of(scope_of(ana), DOCUMENTS).points[:20] == before


def test_a_period_that_is_not_over_is_not_judged(paper: MakePaper, ana: User, scope_of: ScopeOf) -> None:
    for week in range(10):
        for _ in range(20):
            paper("note", SEPTEMBER + timedelta(weeks=week))
    today = SEPTEMBER + timedelta(weeks=9)
    paper("note", today)
    last = series_of(scope_of(ana), DOCUMENTS, interval="week", today=today).points[-1]
    assert last.is_open and not last.is_odd and last.probability is None


def test_what_cannot_be_read_changes_nothing(
    paper: MakePaper, cast: dict[str, User], scope_of: ScopeOf
) -> None:
    """Twins: Ben's trends are the same to the last figure whether or not documents above him exist."""
    for offset in range(12):
        paper("water and cholera", SEPTEMBER + timedelta(days=offset))
    measures = (DOCUMENTS, Measure("words", words="cholera"), Measure("documents", clock="received"))
    asked = [
        (measure, group)
        for measure in measures
        for group in (None, "collection", "marking", "type", "language")
    ]
    before = [series_of(scope_of(cast["ben"]), measure, group=group) for measure, group in asked]
    for marking in ("SECRET", "SECRET//HARBOR//NOFORN", "CONFIDENTIAL"):
        for offset in (-30, 3, 3, 3, 40):
            paper("cholera cholera", SEPTEMBER + timedelta(days=offset), marking=marking)
    assert [series_of(scope_of(cast["ben"]), measure, group=group) for measure, group in asked] == before
    assert series_of(scope_of(cast["omar"]), DOCUMENTS).points == []
    assert series_of(scope_of(cast["omar"]), DOCUMENTS).labels == frozenset()
    assert sum(point.value or 0 for point in series_of(scope_of(cast["ana"]), DOCUMENTS).points) == 12 + 15


def test_the_labels_are_those_of_what_was_counted(paper: MakePaper, ana: User, scope_of: ScopeOf) -> None:
    paper("a", SEPTEMBER, marking="CUI")
    paper("b", SEPTEMBER + timedelta(days=60), marking="SECRET")
    trend = series_of(scope_of(ana), DOCUMENTS, end=SEPTEMBER + timedelta(days=30))
    assert trend.labels == {"relief:CUI"}


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (Measure("words"), "Write the words"),
        (Measure("entity"), "Choose the entity"),
        (Measure("column"), "Choose the table"),
        (Measure("words", words="x" * 300), "Shorten"),
    ],
)
def test_what_is_missing_is_said(measure: Measure, words: str, ana: User, scope_of: ScopeOf) -> None:
    with pytest.raises(InsightError, match=words):
        series_of(scope_of(ana), measure)


def test_a_date_of_another_century_is_refused_in_a_sentence(
    paper: MakePaper, ana: User, scope_of: ScopeOf
) -> None:
    paper("a", date(1, 1, 1))
    paper("b", SEPTEMBER)
    with pytest.raises(InsightError, match="longer periods"):
        series_of(scope_of(ana), DOCUMENTS)


@pytest.fixture
def readings(hand_in: HandIn, ana: User) -> DataTable:
    """Four weeks of readings of two stations; one day is missing and one reading is far off."""
    lines = ["day,station,chlorine"]
    for offset in range(28):
        day = SEPTEMBER + timedelta(days=offset)
        if offset == 9:
            continue
        lines.append(f"{day},Sutina,{0.60 + 0.01 * (offset % 3) if offset != 20 else 3.5:.2f}")
        lines.append(f"{day},Brezna,{0.40 + 0.01 * (offset % 2):.2f}")
    document = hand_in(ana, "\n".join(lines), "readings.csv", marking="CUI", collection="logistics")
    extract_tables(document.pk)
    return DataTable.objects.get(document=document)


def test_a_column_is_followed_by_group_with_its_gap_and_its_odd_day(
    readings: DataTable, ana: User, scope_of: ScopeOf
) -> None:
    measure = Measure("column", table=str(readings.pk), time="day", value="chlorine", how="mean")
    trend = series_of(scope_of(ana), measure, group="station")
    assert set(trend.groups) == {"Sutina", "Brezna"}
    sutina = values(trend, "Sutina")
    assert sutina[SEPTEMBER] == pytest.approx(0.60)
    assert sutina[SEPTEMBER + timedelta(days=9)] is None
    assert len(sutina) == 28
    odd = [(point.group, point.start) for point in trend.points if point.is_odd]
    assert odd == [("Sutina", SEPTEMBER + timedelta(days=20))]
    assert trend.labels == {"logistics:CUI"}
    assert "median" in trend.baseline


def test_sums_and_rows_of_a_column_are_exact(readings: DataTable, ana: User, scope_of: ScopeOf) -> None:
    total = Measure("column", table=str(readings.pk), time="day", value="chlorine", how="sum")
    assert values(series_of(scope_of(ana), total))[SEPTEMBER] == pytest.approx(1.0)
    rows = values(series_of(scope_of(ana), Measure("column", table=str(readings.pk), time="day")))
    assert rows[SEPTEMBER] == 2
    assert rows[SEPTEMBER + timedelta(days=9)] == 0
    weeks = values(series_of(scope_of(ana), Measure("column", table=str(readings.pk)), interval="week"))
    assert sum(value or 0 for value in weeks.values()) == 54


def test_a_table_above_the_reader_is_not_there(
    readings: DataTable, cast: dict[str, User], scope_of: ScopeOf
) -> None:
    with pytest.raises(NotFoundHere):
        series_of(scope_of(cast["omar"]), Measure("column", table=str(readings.pk)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time": "station"}, "no dates or times"),
        ({"value": "station", "how": "sum"}, "no numbers"),
        ({"value": 'x"; DROP', "how": "sum"}, "no such column"),
    ],
)
def test_a_column_that_does_not_fit_is_said(
    changes: dict[str, str], words: str, readings: DataTable, ana: User, scope_of: ScopeOf
) -> None:
    given = {"what": "column", "table": str(readings.pk), **changes}
    with pytest.raises(InsightError, match=words):
        series_of(scope_of(ana), Measure.from_mapping(given))


def test_anomalies_are_counted_where_all_they_rest_on_may_be_read(
    paper: MakePaper, cast: dict[str, User], scope_of: ScopeOf
) -> None:
    source = paper("a", SEPTEMBER)
    secret = paper("b", SEPTEMBER, marking="SECRET//NOFORN")
    for number, rests_on in enumerate(([source], [source, secret])):
        finding = Finding.objects.create(
            id=uuid4(),
            document=source,
            kind="outlier",
            why="w",
            method="m",
            score=0.9,
            signature=f"{number}",
        )
        finding.rests_on.set(rests_on)
    measure = Measure("findings")
    ana, ben = (series_of(scope_of(cast[name]), measure) for name in ("ana", "ben"))
    assert values(ana) == {SEPTEMBER: 2}
    assert values(ben) == {SEPTEMBER: 1}
    assert ana.labels == {"relief:UNCLASSIFIED", "relief:SECRET//NOFORN"}
    assert ben.labels == {"relief:UNCLASSIFIED"}
