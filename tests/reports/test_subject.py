"""A question of a template fits the kind of thing that its subject is, and a report keeps to its period."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord
from donovan.insight.entities.services import extract_entities
from donovan.library.callers import Caller
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from donovan.reports import jobs, services
from donovan.reports.errors import ReportError
from donovan.reports.models import Report
from donovan.reports.sections import kind_named
from donovan.reports.sections.contract import Made, MadeParagraph, MadeTable, SectionWork
from donovan.reports.sections.period import Period, period_of
from donovan.reports.sections.subject import fitting, naming_of, subject_of
from donovan.reports.templates_library import TEMPLATES, filled
from ingest.models import Document
from retrieval.scope import AccessScope
from tests.assistant.material import add_document, index_all

VESELIN = (
    "Mr Goran Veselin of Brodar Trade met Captain Rosa Delgado in Beirut on 8 July 2026. "
    "Mr Goran Veselin promised 200 sacks of cement."
)
OLD = "Mr Goran Veselin met Mr Omar Khalil in Tripoli on 3 March 1998 and signed a treaty of trade."
OTHER = "Captain Elena Marsh reached Aleppo on 7 July 2026 with nine lorries of the Red Crescent."
SINCE, UNTIL = "2026-07-01", "2026-07-31"

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(cast: dict[str, User]) -> dict[str, Document]:
    made = {
        "meeting": add_document("Note of July", VESELIN),
        "old": add_document("Note of March", OLD),
        "other": add_document("Another note of July", OTHER),
    }
    index_all()
    days = {"meeting": date(2026, 7, 9), "old": date(1998, 3, 4), "other": date(2026, 7, 8)}
    for name, document in made.items():
        Document.objects.filter(pk=document.pk).update(document_date=days[name])
        extract_entities(document.pk)
    return made


def made(user: User, kind: str, scope: AccessScope | None = None, **settings: str) -> Made:
    asked = kind_named(kind)
    work = SectionWork(
        settings=asked.checked(settings),
        author=user,
        scope=scope or scope_for(user),
        collection="",
        report_title="Report",
        on_progress=lambda _done, _total, _words: None,
    )
    return asked.make(work)


def words_of(result: Made) -> str:
    statements = [s.text for b in result.blocks if isinstance(b, MadeParagraph) for s in b.statements]
    rows = [str(cell) for b in result.blocks if isinstance(b, MadeTable) for row in b.rows for cell in row]
    return "\n".join([*statements, *rows])


def questions(template: str, kind: str, subject: str = "Goran Veselin") -> list[str]:
    """Every question that the template asks of a subject of this kind."""
    asked = []
    for section in TEMPLATES[template].sections:
        lines = filled(section.settings, {"subject": subject, "questions": ""}).get("questions", "")
        asked += fitting(lines, kind).splitlines()
    return asked


@pytest.mark.parametrize("template", ["situation", "intelligence", "spot"])
def test_a_person_does_not_happen_and_has_no_capacity(template: str) -> None:
    asked = " ".join(questions(template, "person"))
    for nonsense in ("When did Goran", "happened at Goran", "capacity of Goran", "status of Goran"):
        assert nonsense not in asked


@pytest.mark.parametrize("template", ["situation", "intelligence", "spot"])
@pytest.mark.parametrize("kind", ["person", "place", "organisation", "equipment", "event", "thing"])
def test_each_kind_of_subject_is_asked_about_in_every_template(template: str, kind: str) -> None:
    assert any("Goran Veselin" in question for question in questions(template, kind))


def test_only_an_event_is_asked_when_it_happened() -> None:
    kinds = ("person", "place", "organisation", "equipment", "event", "thing")
    asked = {kind: " ".join(questions("intelligence", kind, "fire at the depot")) for kind in kinds}
    assert [kind for kind in kinds if "When did fire at the depot happen" in asked[kind]] == ["event"]


def test_what_the_documents_call_a_person_is_a_person(papers: dict[str, Document], ana: User) -> None:
    found = subject_of(scope_for(ana), "Goran Veselin")
    assert found.kind == "person"
    assert set(found.used) == {papers["meeting"].pk, papers["old"].pk}
    assert subject_of(scope_for(ana), "Zylo Kranz", otherwise="event").kind == "event"
    assert subject_of(AccessScope(frozenset()), "Goran Veselin").kind == "thing"


def test_an_unknown_kind_in_brackets_is_refused() -> None:
    with pytest.raises(ReportError, match="no kind of subject"):
        fitting("[persona] Who is it?", "person")


def test_a_period_ends_after_it_begins(ana: User, papers: dict[str, Document]) -> None:
    with pytest.raises(ReportError, match="before it begins"):
        period_of({"since": "2026-02-01", "until": "2026-01-01"}, scope_for(ana))
    latest = period_of({"since": "latest"}, scope_for(ana))
    assert (latest.since, latest.until) == (date(2026, 6, 25), date(2026, 7, 9))
    assert set(latest.used) == {papers["meeting"].pk}


def test_a_subject_is_named_where_all_its_words_stand(papers: dict[str, Document], ana: User) -> None:
    scope, july = scope_for(ana), Period(date(2026, 7, 1), date(2026, 7, 31))
    assert naming_of(scope, "Goran Veselin", july).documents == {papers["meeting"].pk}
    assert naming_of(scope, "Goran Veselin", Period()).documents == {papers["meeting"].pk, papers["old"].pk}
    assert naming_of(scope, "", july).holds(papers["other"].pk, 1, 0)


@pytest.mark.parametrize(
    ("kind", "inside", "outside"),
    [
        ("entities", "Rosa Delgado", ("Omar Khalil", "Elena Marsh", "Goran Veselin")),
        ("timeline", "8 July 2026", ("1998", "7 July")),
        ("quotes", "200 sacks", ("treaty", "Marsh")),
        ("map", "Beirut", ("Tripoli", "Aleppo")),
    ],
)
def test_events_names_and_places_are_those_of_the_subject_and_the_period(
    papers: dict[str, Document], ana: User, kind: str, inside: str, outside: tuple[str, ...]
) -> None:
    told = words_of(made(ana, kind, subject="Goran Veselin", since=SINCE, until=UNTIL))
    assert inside in told
    names = [line for line in told.splitlines() if line in outside]
    assert not names
    assert kind == "entities" or not any(word in told for word in outside)


def test_a_report_says_its_subject_its_period_and_how_many_documents_that_is(
    papers: dict[str, Document], ana: User
) -> None:
    told = words_of(made(ana, "period", subject="Goran Veselin", since=SINCE, until=UNTIL))
    assert told == (
        "This report is about Goran Veselin, 1 July 2026 to 31 July 2026: 2 documents, 1 of which names it."
    )


def test_a_section_that_failed_says_why_and_can_be_tried_again(
    papers: dict[str, Document], ana: User, client_for: Callable[[User], Client]
) -> None:
    caller = Caller.named(ana, source="test")
    report = services.start_report(
        caller, "situation", parameters={"subject": "Goran Veselin", "since": "not a day"}
    )
    with using(ScriptedModel([""] * 60)):
        jobs.run_report(report.pk)
    failed = Report.objects.get(pk=report.pk).sections.get(key="timeline")
    assert failed.state == "failed"
    assert "is no date" in failed.notice
    client = client_for(ana)
    address = f"/reports/{report.pk}/sections/{failed.pk}/try/"
    assert address in client.get(f"/reports/{report.pk}/").content.decode()
    settings = {**failed.settings, "since": SINCE}
    report.sections.filter(pk=failed.pk).update(settings=settings)
    client.post(address)
    failed.refresh_from_db()
    assert failed.state == "waiting"
    assert AuditRecord.objects.filter(detail__change="try again", detail__section="timeline").count() == 1
    with using(ScriptedModel([""] * 60)):
        jobs.run_report(report.pk)
    failed.refresh_from_db()
    assert failed.state == "done"
    with pytest.raises(ReportError, match="did not fail"):
        services.try_again(caller, report, failed.pk)
