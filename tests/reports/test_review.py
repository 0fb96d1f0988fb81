"""A report goes out by the hand of a second person, and not before that person has seen its warnings."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from donovan.access.models import Role, User
from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord
from donovan.library import services as library
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.reports import commenting, editing, review, selectors, services, versions
from donovan.reports.content import ReportContent
from donovan.reports.declassifying import said_by_sources
from donovan.reports.errors import ReportError
from donovan.reports.models import Report, Section, Source, Statement
from ingest.models import Document
from tests.assistant.material import add_document
from tests.reports.conftest import MakeReport

Read = Callable[[User, Report], ReportContent]
QUESTION = {"questions": "How much fuel does the Zeta depot hold?"}


def by(user: User) -> Caller:
    return Caller.named(user, source="test")


def state_of(report: Report) -> tuple[str, User | None]:
    """How far a report is, and who released it."""
    kept = Report.objects.get(pk=report.pk)
    return kept.state, kept.released_by


@pytest.fixture
def plain(make_report: MakeReport, ben: User) -> Report:
    """A report by Ben, who reads nothing classified."""
    return make_report(ben, ("question", QUESTION))


def test_until_a_second_person_releases_it_it_says_that_review_is_required(
    plain: Report, read: Read, ben: User, rita: User
) -> None:
    assert read(ben, plain).status_line == "SYSTEM-DERIVED, REVIEW REQUIRED"
    review.submit(by(ben), plain)
    assert read(rita, plain).status_line == "SYSTEM-DERIVED, REVIEW REQUIRED"
    review.release(by(rita), plain)
    assert read(ben, plain).status_line.startswith("Released by Rita Lindqvist on ")


def test_the_author_never_releases_even_as_a_reviewer(make_report: MakeReport, rita: User) -> None:
    report = make_report(rita, ("text", {"text": "Words."}))
    review.submit(by(rita), report)
    with pytest.raises(ReportError, match="second person"):
        review.release(by(rita), report, has_seen_warnings=True)
    assert state_of(report) == (Report.State.REVIEW, None)


def test_an_analyst_who_could_read_it_does_not_release(plain: Report, ben: User, ana: User) -> None:
    review.submit(by(ben), plain)
    with pytest.raises(ReportError, match="second person"):
        review.release(by(ana), plain)
    assert state_of(plain) == (Report.State.REVIEW, None)


def test_a_reviewer_who_may_not_read_all_of_it_cannot_tell_that_it_is_there(
    make_report: MakeReport, ana: User, rita: User
) -> None:
    report = make_report(ana, ("question", {"questions": "Who surveyed the Lamar dock?"}))
    services_fill(ana, report)
    review.submit(by(ana), report)
    with pytest.raises(NotFoundHere):
        review.release(by(rita), report, has_seen_warnings=True)
    with pytest.raises(NotFoundHere):
        selectors.readable_report(rita, scope_for(rita), report.pk)


def services_fill(user: User, report: Report, declassify_on: str = "25X1") -> None:
    values = {"classified_by": "Ana", "derived_from": "Multiple sources", "declassify_on": declassify_on}
    review.set_declassification(by(user), report, values)


def test_a_draft_is_its_authors_alone_and_a_released_report_everybodys_who_may_read_it(
    plain: Report, ben: User, rita: User, ana: User, omar: User
) -> None:
    def sees(user: User) -> bool:
        try:
            return bool(selectors.readable_report(user, scope_for(user), plain.pk))
        except NotFoundHere:
            return False

    assert [sees(user) for user in (ben, rita, ana, omar)] == [True, False, False, False]
    review.submit(by(ben), plain)
    assert [sees(user) for user in (ben, rita, ana, omar)] == [True, True, False, False]
    review.release(by(rita), plain)
    assert [sees(user) for user in (ben, rita, ana, omar)] == [True, True, True, False]


def test_warnings_must_be_seen_before_a_release(
    plain: Report, ben: User, rita: User, archive: dict[str, Document]
) -> None:
    review.submit(by(ben), plain)
    library.remove(by(rita), archive["depot"].pk)
    with pytest.raises(ReportError, match="warnings"):
        review.release(by(rita), plain)
    assert state_of(plain) == (Report.State.REVIEW, None)
    review.release(by(rita), plain, has_seen_warnings=True)
    assert state_of(plain) == (Report.State.RELEASED, rita)


def test_a_returned_report_is_a_draft_again_with_what_is_to_be_done(
    plain: Report, ben: User, rita: User
) -> None:
    review.submit(by(ben), plain)
    with pytest.raises(ReportError, match="Say what"):
        review.give_back(by(rita), plain, remark=" ")
    review.give_back(by(rita), plain, remark="Name the depot.")
    plain.refresh_from_db()
    assert plain.state == Report.State.DRAFT
    assert [(step.step, step.remark) for step in plain.review_steps.all()] == [
        ("submitted", ""),
        ("returned", "Name the depot."),
    ]


def test_the_author_can_take_it_back_and_nobody_else(plain: Report, ben: User, rita: User) -> None:
    review.submit(by(ben), plain)
    with pytest.raises(ReportError, match="Only the author"):
        review.take_back(by(rita), plain)
    review.take_back(by(ben), plain)
    plain.refresh_from_db()
    assert plain.is_open


def test_what_is_released_is_frozen_and_goes_on_as_a_new_version(
    plain: Report, read: Read, ben: User, rita: User
) -> None:
    statement = Statement.objects.get(block__section__report=plain)
    editing.edit_statement(
        by(ben),
        plain,
        statement.pk,
        text="The Zeta depot holds 250 litres.",
        source_ids=statement.source_ids,
    )
    review.submit(by(ben), plain)
    review.release(by(rita), plain)
    before = read(ben, plain)
    for change in (
        lambda: services.rename(by(ben), plain, title="Other"),
        lambda: services.make_again(by(ben), plain, plain.sections.get().pk),
        lambda: services.raise_banner(by(ben), plain, "CUI"),
        lambda: editing.remove_statement(by(ben), plain, statement.pk),
        lambda: services_fill(ben, plain),
    ):
        with pytest.raises(ReportError):
            change()
    assert read(ben, plain) == before
    draft = versions.new_version(by(ben), plain)
    again = read(ben, draft)
    assert again.sections == before.sections
    assert again.sources == before.sources
    assert (draft.version, draft.previous, again.released_at) == (2, plain, None)
    editing.remove_statement(by(ben), draft, Statement.objects.get(block__section__report=draft).pk)
    assert read(ben, plain) == before


def test_a_release_can_be_withdrawn_and_then_says_so(
    plain: Report, read: Read, ben: User, rita: User, ana: User
) -> None:
    review.submit(by(ben), plain)
    review.release(by(rita), plain)
    with pytest.raises(ReportError, match="Only the author or a reviewer"):
        review.withdraw(by(ana), plain, remark="No.")
    review.withdraw(by(rita), plain, remark="The log was forged.")
    shown = read(ana, plain)
    assert shown.released_at is None
    assert "The release was withdrawn by Rita Lindqvist" in shown.warnings[0]
    assert "The log was forged." in shown.warnings[0]


def test_a_report_whose_sections_are_not_made_cannot_be_sent(make_report: MakeReport, ben: User) -> None:
    report = make_report(ben, ("question", QUESTION), is_made=False)
    with pytest.raises(ReportError, match="still being made"):
        review.submit(by(ben), report)


def test_a_failed_section_is_named_and_does_not_keep_the_rest(
    plain: Report, read: Read, ben: User, rita: User
) -> None:
    Section.objects.filter(report=plain).update(state=Section.State.FAILED, notice="It failed.")
    review.submit(by(ben), plain)
    assert any("could not be made: Part 1" in warning for warning in read(rita, plain).warnings)


@pytest.mark.parametrize(
    ("instruction", "problem"),
    [
        ("", "still lacks: Declassify on"),
        ("soon", "no instruction"),
        ("2001-01-01", "in the past"),
        ("2099-01-01", "more than 25 years"),
        ("30 February", "no instruction"),
    ],
)
def test_a_classified_report_needs_an_instruction_that_can_stand(
    bridge_report: Report, ana: User, instruction: str, problem: str
) -> None:
    with pytest.raises(ReportError, match=problem):
        services_fill(ana, bridge_report, instruction)
        review.submit(by(ana), bridge_report)


def _cites(report: Report, marking: str, title: str, block: str) -> None:
    """The report cites a paper of this marking, whose first page has this block."""
    paper = add_document(title, f"The ford is deep.\n{block}", marking=marking)
    section = report.sections.first()
    assert section is not None
    Source.objects.create(
        section=section,
        making=section.making,
        document_id=paper.pk,
        title=title,
        place="page 1",
        label=paper.label,
    )


def test_the_author_is_told_what_the_sources_say_and_what_they_leave_open(
    bridge_report: Report, ana: User, client_for: Callable[[User], Client]
) -> None:
    _cites(bridge_report, "SECRET//NOFORN", "Order 1", "Declassify On: 20401231")
    _cites(bridge_report, "SECRET//NOFORN", "Order 2", "Declassify On: 25X1, 20501231")
    _cites(bridge_report, "SECRET//NOFORN", "Order 3", "Declassify On: OADR")
    _cites(bridge_report, "UNCLASSIFIED", "Notice", "Declassify On: 20991231")
    said = said_by_sources(bridge_report, "SECRET//NOFORN")
    assert said.startswith("The most restrictive of the sources: 25X1, 2050-12-31.")
    assert "OADR" in said and "2099" not in said
    page = client_for(ana).get(reverse("reports:report", args=[bridge_report.pk])).content.decode()
    assert "25X1, 2050-12-31" in page
    assert said_by_sources(bridge_report, "UNCLASSIFIED") == ""


def test_restricted_data_gets_no_date(bridge_report: Report, ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(compartments=["HARBOR", "RD"])
    ana.refresh_from_db()
    services.raise_banner(by(ana), bridge_report, "SECRET//HARBOR//RD//NOFORN")
    services_fill(ana, bridge_report, "2041-03-31")
    with pytest.raises(ReportError, match="N/A to RD portions"):
        review.submit(by(ana), bridge_report)
    services_fill(ana, bridge_report, "N/A to RD portions. See source list for other portions.")
    review.submit(by(ana), bridge_report)


def test_what_is_cui_names_who_controls_it(plain: Report, ben: User) -> None:
    services.raise_banner(by(ben), plain, "CUI")
    with pytest.raises(ReportError, match="block of a CUI report still lacks: Controlled by"):
        review.submit(by(ben), plain)
    review.set_declassification(by(ben), plain, {"controlled_by": "Relief staff, J4"})
    review.submit(by(ben), plain)


def test_the_banner_can_be_raised_and_never_lowered(
    bridge_report: Report, read: Read, ana: User, archive: dict[str, Document]
) -> None:
    least = read(ana, bridge_report).banner
    with pytest.raises(ReportError, match="never lowered"):
        services.raise_banner(by(ana), bridge_report, "CONFIDENTIAL")
    with pytest.raises(ReportError, match="You may not read"):
        services.raise_banner(by(ana), bridge_report, "TOP SECRET//HARBOR//NOFORN")
    services.raise_banner(by(ana), bridge_report, "SECRET//HARBOR//ORCON/NOFORN")
    assert read(ana, bridge_report).banner == "SECRET//HARBOR//ORCON/NOFORN"
    services.raise_banner(by(ana), bridge_report, "")
    assert read(ana, bridge_report).banner == least


def test_a_raised_banner_closes_the_report_to_those_below(plain: Report, read: Read, ben: User) -> None:
    Report.objects.filter(pk=plain.pk).update(raised_marking="SECRET", state=Report.State.RELEASED)
    with pytest.raises(NotFoundHere):
        read(ben, plain)


def test_comments_stand_at_their_sentence_until_they_are_settled(
    plain: Report, ben: User, rita: User, ana: User
) -> None:
    review.submit(by(ben), plain)
    statement = Statement.objects.get(block__section__report=plain)
    made = commenting.comment(by(rita), plain, "Which day?", statement_id=statement.pk)
    assert made.section == statement.block.section
    with pytest.raises(ReportError, match="Only the author"):
        commenting.settle_comment(by(ana), plain, made.pk)
    commenting.settle_comment(by(ben), plain, made.pk)
    made.refresh_from_db()
    assert made.settled_by == ben


def test_every_step_is_on_record(plain: Report, ben: User, rita: User) -> None:
    review.submit(by(ben), plain)
    review.release(by(rita), plain)
    review.withdraw(by(ben), plain, remark="Wrong.")
    changes = AuditRecord.objects.filter(action="report").order_by("sequence")
    assert [(row.actor, row.detail["change"]) for row in changes] == [
        ("ben", "start"),
        ("ben", "section"),
        ("ben", "submitted"),
        ("rita", "released"),
        ("ben", "withdrawn"),
    ]


def test_a_second_reviewer_releases_the_report_of_a_reviewer(
    make_report: MakeReport, read: Read, rita: User, ana: User
) -> None:
    report = make_report(rita, ("text", {"text": "Words."}))
    User.objects.filter(pk=ana.pk).update(role=Role.REVIEWER)
    ana.refresh_from_db()
    review.submit(by(rita), report)
    review.release(by(ana), report, has_seen_warnings=True)
    assert state_of(report) == (Report.State.RELEASED, ana)
    assert read(rita, report).status_line.startswith("Released by Ana Petrov on ")
