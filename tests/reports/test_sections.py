"""The contract of section kinds, held for every kind that there is."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.anomalies.services import examine_document
from donovan.insight.entities.services import extract_entities
from donovan.insight.tables.services import extract_tables
from donovan.library.callers import Caller
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from donovan.reports import jobs, services
from donovan.reports.content import FigureBlock, MapBlock, Paragraph, ReportContent, TableBlock
from donovan.reports.errors import ReportError
from donovan.reports.models import Report
from donovan.reports.sections import KINDS, kind_named
from donovan.reports.sections.contract import Made, MadeParagraph, SectionWork
from donovan.reports.templates_library import TEMPLATES, filled
from ingest.models import Document, Page
from ingest.work.errors import LeaseLost
from retrieval.scope import AccessScope
from tests.library.conftest import HandIn
from tests.reports.conftest import DEPOT_QUESTION, sentences

TABLE = (
    "day,depot,litres\n"
    "2026-06-01,Zeta,250\n2026-06-02,Zeta,240\n2026-06-03,Beta,90\n2026-06-04,Beta,95\n"
    "2026-06-05,Zeta,245\n2026-06-06,Zeta,9999999\n2026-06-07,Beta,92\n2026-06-08,Beta,91\n"
)
NOTE = "Captain Elena Marsh of the Red Crescent reached Beirut on 8 July 2026 and met Omar Khalil."
SPANISH = "El puente de la ciudad fue cerrado el lunes. El agua del puerto no es segura para beber."
SETTINGS: dict[str, dict[str, str]] = {
    "question": {"questions": DEPOT_QUESTION},
    "quotes": {"subject": "Zeta depot"},
    "table": {"table": "{table}", "question": "total litres by depot"},
    "chart": {"table": "{table}", "question": "total litres by depot"},
    "text": {"text": "Words."},
    "comparison": {"documents": "{note}\n{depot}", "questions": DEPOT_QUESTION},
    "summary": {"document": "{note}"},
    "translation": {"document": "{spanish}", "to": "en"},
    "facts": {"document": "{note}"},
}
Read = Callable[[User, Report], ReportContent]


@pytest.fixture
def material(archive: dict[str, Document], hand_in: HandIn, ana: User) -> dict[str, str]:
    """The archive with a table and a note in it, all of it looked into: ids by name."""
    table = hand_in(ana, TABLE, "litres.csv")
    note = hand_in(ana, NOTE, "note.txt")
    Document.objects.filter(pk=note.pk).update(document_date=date(2026, 7, 8))
    spanish = hand_in(ana, SPANISH, "nota.txt")
    for document in (table, note, archive["bridge"]):
        extract_entities(document.pk)
    extract_tables(table.pk)
    examine_document(table.pk)
    found = table.tables.get()
    return {
        "table": str(found.pk),
        "note": str(note.pk),
        "spanish": str(spanish.pk),
        "depot": str(archive["depot"].pk),
    }


def work_for(
    user: User, kind: str, material: Mapping[str, str], scope: AccessScope | None = None
) -> SectionWork:
    settings = kind_named(kind).checked(filled(SETTINGS.get(kind, {}), material))
    return SectionWork(
        settings=settings,
        author=user,
        scope=scope if scope is not None else scope_for(user),
        collection="",
        report_title="Report",
        on_progress=lambda _done, _total, _words: None,
    )


def _stop(_done: int, _total: int, _words: str) -> None:
    raise LeaseLost


def made(user: User, kind: str, material: Mapping[str, str], scope: AccessScope | None = None) -> Made:
    with using(ScriptedModel([""] * 30)):
        return kind_named(kind).make(work_for(user, kind, material, scope))


def test_what_a_section_shows_and_used_lies_in_the_scope_it_was_given(
    subtests: pytest.Subtests, material: dict[str, str], ana: User
) -> None:
    for kind in sorted(KINDS):
        with subtests.test(kind):
            result = made(ana, kind, material)
            assert result.blocks or result.notice
            assert all(scope_for(ana).may_read(label) for label in result.labels)


def test_every_sentence_that_is_called_right_cites_words_that_stand_on_their_page(
    subtests: pytest.Subtests, material: dict[str, str], ana: User
) -> None:
    for kind in sorted(KINDS):
        with subtests.test(kind):
            result = made(ana, kind, material)
            for block in result.blocks:
                if isinstance(block, MadeParagraph):
                    for statement in block.statements:
                        assert statement.state != "supported" or statement.cited, statement.text
            for cited in result.cited:
                if cited.page is not None:
                    text = Page.objects.get(document=cited.document_id, number=cited.page).text
                    assert text[cited.start : cited.end] == cited.quote


def test_what_is_shown_counts_among_the_labels(
    subtests: pytest.Subtests, material: dict[str, str], ana: User
) -> None:
    for kind in sorted(KINDS):
        with subtests.test(kind):
            result = made(ana, kind, material)
            shows_documents = kind != "text" and result.blocks
            assert not shows_documents or result.labels
            assert {cited.label for cited in result.cited} <= result.labels
            # Each label is held by a document that is noted, so that a later change of it is noticed.
            noted = {*result.used.values(), *(cited.label for cited in result.cited)}
            assert result.labels == noted


def test_in_an_empty_scope_a_section_shows_nothing_or_says_why(
    subtests: pytest.Subtests, material: dict[str, str], ana: User
) -> None:
    for kind in sorted(KINDS):
        with subtests.test(kind):
            try:
                result = made(ana, kind, material, AccessScope(frozenset()))
            except ReportError as refusal:
                assert refusal.sentence
                continue
            assert result.labels == frozenset()
            assert result.cited == ()
            assert kind == "text" or (result.blocks == () and result.notice)


def test_a_section_stops_when_it_is_told_to(
    subtests: pytest.Subtests, material: dict[str, str], ana: User
) -> None:
    for kind in sorted(KINDS):
        with subtests.test(kind):
            work = work_for(ana, kind, material)

            work.on_progress = _stop
            with using(ScriptedModel([""] * 30)), pytest.raises(LeaseLost):
                kind_named(kind).make(work)


def test_a_section_reads_the_same_twice(
    subtests: pytest.Subtests, material: dict[str, str], ana: User
) -> None:
    for kind in sorted(KINDS):
        with subtests.test(kind):
            assert made(ana, kind, material) == made(ana, kind, material)


def test_what_lies_outside_the_scope_changes_nothing(
    subtests: pytest.Subtests, material: dict[str, str], ben: User, hand_in: HandIn, ana: User
) -> None:
    before = {kind: made(ben, kind, material) for kind in KINDS}
    secret = hand_in(ana, NOTE.replace("Beirut", "Aleppo"), "x.txt", marking="SECRET//HARBOR")
    table = hand_in(ana, TABLE.replace("Zeta", "Gamma"), "y.csv", marking="SECRET//HARBOR")
    extract_entities(secret.pk)
    extract_tables(table.pk)
    examine_document(table.pk)
    for kind in sorted(KINDS):
        with subtests.test(kind):
            assert made(ben, kind, material) == before[kind]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("wrong", ["x" * 30_000, "\x00", "-1", "0", "²", "'; DROP TABLE t; --", "{subject}"])
def test_settings_that_make_no_sense_are_refused_with_a_sentence_or_taken_as_text(
    kind: str, wrong: str
) -> None:
    asked = kind_named(kind)
    settings: dict[str, Any] = {one.name: wrong for one in asked.fields}
    try:
        kept = asked.checked(settings)
    except ReportError as refusal:
        assert refusal.sentence.endswith(".")
    else:
        assert all("\x00" not in value for value in kept.values())


def test_exact_figures_come_with_their_rows(
    material: dict[str, str], read: Read, ana: User, hand_in: HandIn
) -> None:
    result = made(ana, "table", material)
    table = next(block for block in result.blocks if not isinstance(block, MadeParagraph))
    values = {row[0]: row[1] for row in table.rows}
    assert values == {"Zeta": 250 + 240 + 245 + 9999999, "Beta": 90 + 95 + 92 + 91}
    assert result.cited[0].table_ordinal == 1


def test_every_template_is_made_from_its_first_section_to_its_last(
    subtests: pytest.Subtests, material: dict[str, str], read: Read, ana: User
) -> None:
    told = {"subject": "Zeta depot", "document": material["spanish"], "questions": DEPOT_QUESTION}
    told["documents"] = f"{material['note']}\n{material['depot']}"
    told |= {"since": "latest", "until": ""}
    for key, template in TEMPLATES.items():
        with subtests.test(key):
            asked = {one.name: told[one.name] for one in template.parameters}
            report = services.start_report(Caller.named(ana, source="test"), key, parameters=asked)
            with using(ScriptedModel([""] * 60)):
                jobs.run_report(report.pk)
            shown = read(ana, report)
            assert [(section.heading, section.notice) for section in shown.failed_sections] == []
            assert all(section.blocks or section.notice for section in shown.sections)
            assert all("not checked" in warning for warning in shown.warnings)


@pytest.mark.parametrize("key", sorted(set(TEMPLATES) - {"note"}))
def test_every_template_can_be_started_with_nothing_but_its_name(
    key: str, cast: dict[str, User], ana: User
) -> None:
    report = services.start_report(Caller.named(ana, source="test"), key)
    assert report.sections.count() == len(TEMPLATES[key].sections)


def test_quotations_hold_the_words_of_their_subject(material: dict[str, str], ana: User) -> None:
    result = made(ana, "quotes", material)
    texts = [s.text for block in result.blocks if isinstance(block, MadeParagraph) for s in block.statements]
    assert texts == ["“The Zeta depot holds 250 litres of fuel.”"]


def test_the_kinds_bring_tables_charts_maps_and_sentences(
    material: dict[str, str], read: Read, ana: User
) -> None:
    told = {"subject": "Red Crescent", "questions": DEPOT_QUESTION}
    report = services.start_report(Caller.named(ana, source="test"), "intelligence", parameters=told)
    with using(ScriptedModel([""] * 60)):
        jobs.run_report(report.pk)
    shown = read(ana, report)
    kinds = {type(block) for section in shown.sections for block in section.blocks}
    assert {Paragraph, TableBlock, MapBlock, FigureBlock} <= kinds
    assert sentences(shown)
