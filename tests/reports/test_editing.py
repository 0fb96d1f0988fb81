"""What a person changes is checked again, kept apart from what was generated, and never hides a mark."""

from collections.abc import Callable

import pytest

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from donovan.library.callers import Caller
from donovan.reports import editing
from donovan.reports.content import Paragraph, ReportContent
from donovan.reports.errors import ReportError
from donovan.reports.models import Report, Statement, StatementEdit
from ingest.models import Document
from tests.reports.conftest import MakeReport, sentences

Read = Callable[[User, Report], ReportContent]


def by(user: User) -> Caller:
    return Caller.named(user, source="test")


def closing(report: Report) -> Statement:
    return Statement.objects.get(block__section__report=report, text__contains="was closed on 5 July 2026")


def test_an_edit_that_the_cited_words_bear_out_is_supported(
    bridge_report: Report, read: Read, ana: User
) -> None:
    row = closing(bridge_report)
    editing.edit_statement(
        by(ana),
        bridge_report,
        row.pk,
        text="The Orlov bridge was closed on 5 July 2026.",
        source_ids=row.source_ids,
    )
    shown = sentences(read(ana, bridge_report))[0]
    assert (shown.text, shown.state) == ("The Orlov bridge was closed on 5 July 2026.", "supported")
    assert shown.is_edited


def test_an_edit_that_they_do_not_bear_out_is_shown_as_such(
    bridge_report: Report, read: Read, ana: User
) -> None:
    row = closing(bridge_report)
    editing.edit_statement(
        by(ana),
        bridge_report,
        row.pk,
        text="The Orlov bridge was closed on 9 July 2026.",
        source_ids=row.source_ids,
    )
    shown = sentences(read(ana, bridge_report))[0]
    assert shown.state == "not supported"
    assert "9 July" in shown.reason
    assert any("not supported" in warning for warning in read(ana, bridge_report).warnings)


def test_one_wrong_sentence_among_right_ones_decides(bridge_report: Report, ana: User) -> None:
    row = closing(bridge_report)
    text = "The Orlov bridge was closed on 5 July 2026. It reopened on 8 July 2026."
    edit = editing.edit_statement(by(ana), bridge_report, row.pk, text=text, source_ids=row.source_ids)
    assert edit.state == "not supported"


def test_what_was_generated_is_never_lost(bridge_report: Report, read: Read, ana: User) -> None:
    row = closing(bridge_report)
    generated = row.text
    for text in ("One.", "Two."):
        editing.edit_statement(by(ana), bridge_report, row.pk, text=text, source_ids=[])
    editing.remove_statement(by(ana), bridge_report, row.pk)
    assert generated not in [statement.text for statement in sentences(read(ana, bridge_report))]
    editing.bring_back(by(ana), bridge_report, row.pk)
    row.refresh_from_db()
    assert row.text == generated
    assert sentences(read(ana, bridge_report))[0].text == generated
    assert not sentences(read(ana, bridge_report))[0].is_edited
    changes = StatementEdit.objects.filter(statement=row).values_list("before", "after", "editor__username")
    assert list(changes)[:2] == [(generated, "One.", "ana"), ("One.", "Two.", "ana")]


def test_a_page_can_be_cited_by_its_address(
    bridge_report: Report, read: Read, ana: User, archive: dict[str, Document]
) -> None:
    row = closing(bridge_report)
    text = "The Zeta depot holds 250 litres of fuel."
    address = f"http://host/documents/{archive['depot'].pk}/?page=1"
    edit = editing.edit_statement(
        by(ana), bridge_report, row.pk, text=text, source_ids=[], addresses=[address]
    )
    assert edit.state == "supported"
    shown = read(ana, bridge_report)
    assert shown.sources[sentences(shown)[0].sources[0] - 1].quote == text


def test_a_cited_page_that_says_nothing_of_it_is_refused_with_a_way_out(
    bridge_report: Report, ana: User, archive: dict[str, Document]
) -> None:
    address = f"/documents/{archive['depot'].pk}/?page=1"
    with pytest.raises(ReportError, match="No sentence on page 1"):
        editing.edit_statement(
            by(ana),
            bridge_report,
            closing(bridge_report).pk,
            text="The Lamar dock is new.",
            source_ids=[],
            addresses=[address],
        )


@pytest.mark.parametrize(
    "address", ["", "x", "/documents/1/?page=1", "/documents/?page=1", "//", "[", "/?page="]
)
def test_what_is_no_address_is_refused_or_ignored(bridge_report: Report, ana: User, address: str) -> None:
    row = closing(bridge_report)
    try:
        editing.edit_statement(
            by(ana), bridge_report, row.pk, text="Words.", source_ids=[], addresses=[address]
        )
    except ReportError as error:
        assert "not the address of a page" in error.sentence
    else:
        assert not address


def test_a_closed_page_and_one_that_is_not_there_get_the_same_sentence(
    make_report: MakeReport, chloe: User, archive: dict[str, Document]
) -> None:
    report = make_report(chloe, ("text", {"text": "Words."}))
    statement = Statement.objects.get(block__section__report=report)
    refusals = set()
    for key in (archive["harbor"].pk, "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(ReportError) as refusal:
            editing.edit_statement(
                by(chloe),
                report,
                statement.pk,
                text="Words.",
                source_ids=[],
                addresses=[f"/documents/{key}/?page=1&start=0&end=5"],
            )
        refusals.add(refusal.value.sentence)
    assert len(refusals) == 1


def test_what_an_edit_cites_raises_paragraph_and_banner(
    make_report: MakeReport, read: Read, ana: User, archive: dict[str, Document]
) -> None:
    report = make_report(ana, ("text", {"text": "Team Nine was busy."}))
    assert read(ana, report).banner == "UNCLASSIFIED"
    statement = Statement.objects.get(block__section__report=report)
    text = "The Lamar dock was surveyed by diver team Nine on 8 July 2026."
    address = f"/documents/{archive['harbor'].pk}/?page=1"
    editing.edit_statement(by(ana), report, statement.pk, text=text, source_ids=[], addresses=[address])
    shown = read(ana, report)
    assert shown.banner == "SECRET//HARBOR"
    paragraph = shown.sections[0].blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert paragraph.portion == "(S//HARBOR)"


def test_own_words_without_a_source_are_not_checked_and_carry_the_banner(
    make_report: MakeReport, read: Read, ana: User
) -> None:
    report = make_report(
        ana, ("question", {"questions": "Who surveyed the Lamar dock?"}), ("text", {"text": "We met."})
    )
    shown = read(ana, report)
    paragraph = shown.sections[1].blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert paragraph.statements[0].state == "not checked"
    assert paragraph.portion == shown.portion != "(U)"


def test_a_sentence_can_be_added_and_taken_out_again(bridge_report: Report, read: Read, ana: User) -> None:
    section = bridge_report.sections.get()
    edit = editing.add_statement(by(ana), bridge_report, section.pk, text="The mayor was told.")
    assert sentences(read(ana, bridge_report))[-1].text == "The mayor was told."
    editing.remove_statement(by(ana), bridge_report, edit.statement_id)
    assert "The mayor was told." not in [s.text for s in sentences(read(ana, bridge_report))]
    editing.bring_back(by(ana), bridge_report, edit.statement_id)
    assert sentences(read(ana, bridge_report))[-1].text == "The mayor was told."


def test_only_the_author_edits_and_only_a_draft(bridge_report: Report, ana: User, rita: User) -> None:
    row = closing(bridge_report)
    with pytest.raises(ReportError, match="Only the author"):
        editing.edit_statement(by(rita), bridge_report, row.pk, text="Words.", source_ids=[])
    Report.objects.filter(pk=bridge_report.pk).update(state=Report.State.RELEASED)
    with pytest.raises(ReportError, match="Make a new version"):
        editing.edit_statement(by(ana), bridge_report, row.pk, text="Words.", source_ids=[])
    assert not StatementEdit.objects.exists()


def test_an_edit_is_on_record_without_its_words(bridge_report: Report, ana: User) -> None:
    editing.edit_statement(
        by(ana), bridge_report, closing(bridge_report).pk, text="Hush words.", source_ids=[]
    )
    last = AuditRecord.objects.order_by("-sequence").first()
    assert last is not None
    assert (last.actor, last.action, last.detail["change"]) == ("ana", "report", "edit")
    assert "Hush" not in str(last.detail)


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 2001])
def test_a_sentence_that_is_none_is_refused(bridge_report: Report, ana: User, text: str) -> None:
    with pytest.raises(ReportError):
        editing.edit_statement(by(ana), bridge_report, closing(bridge_report).pk, text=text, source_ids=[])
