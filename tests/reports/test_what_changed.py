"""A report says at once when something it rests on is gone, marked otherwise or reads differently."""

from collections.abc import Callable

import pytest

from donovan.access.models import Membership, User
from donovan.access.scope import scope_for
from donovan.library import services as library
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.reports import selectors
from donovan.reports.content import ReportContent
from donovan.reports.models import Report
from ingest.models import Document, Page
from tests.reports.conftest import sentences

Read = Callable[[User, Report], ReportContent]


def by(user: User) -> Caller:
    return Caller.named(user, source="test")


def released(report: Report) -> Report:
    Report.objects.filter(pk=report.pk).update(state=Report.State.RELEASED)
    return report


def test_nothing_is_said_while_nothing_changed(bridge_report: Report, read: Read, ana: User) -> None:
    shown = read(ana, bridge_report)
    assert shown.warnings == ()
    assert all(source.is_current for source in shown.sources)


def test_a_removed_document_withdraws_what_rests_on_it(
    bridge_report: Report, read: Read, ana: User, rita: User, archive: dict[str, Document]
) -> None:
    library.remove(by(rita), archive["bridge"].pk)
    shown = read(ana, bridge_report)
    assert {statement.state for statement in sentences(shown)} == {"withdrawn"}
    assert any("Orlov bridge” was removed since" in warning for warning in shown.warnings)
    assert not any(source.is_current for source in shown.sources)


def test_a_page_that_was_read_again_with_other_words_withdraws_its_sentence(
    bridge_report: Report, read: Read, ana: User, archive: dict[str, Document]
) -> None:
    page = Page.objects.get(document=archive["bridge"])
    Page.objects.filter(pk=page.pk).update(text=page.text.replace("5 July 2026", "6 July 2026"))
    shown = read(ana, bridge_report)
    assert sentences(shown)[0].state == "withdrawn"
    assert any("its words there are different now" in warning for warning in shown.warnings)


def test_a_page_whose_other_words_changed_does_not(
    bridge_report: Report, read: Read, ana: User, archive: dict[str, Document]
) -> None:
    page = Page.objects.get(document=archive["bridge"])
    Page.objects.filter(pk=page.pk).update(text=page.text.replace("Elena Marsh", "Elena Moore"))
    assert sentences(read(ana, bridge_report))[0].state == "supported"


def test_a_document_marked_higher_raises_the_banner_and_closes_the_report_to_those_below(
    bridge_report: Report, read: Read, cast: dict[str, User], archive: dict[str, Document]
) -> None:
    ana, chloe = cast["ana"], cast["chloe"]
    released(bridge_report)
    library.relabel(by(cast["rita"]), archive["bridge"].pk, marking="SECRET//NOFORN")
    shown = read(ana, bridge_report)
    assert shown.banner.endswith("NOFORN")
    assert shown.sections[0].blocks[0].portion == "(S//NF)"
    assert any("is marked otherwise now" in warning for warning in shown.warnings)
    with pytest.raises(NotFoundHere):
        read(chloe, bridge_report)


def test_a_document_marked_lower_never_lowers_a_report_that_was_made_before(
    bridge_report: Report, read: Read, ana: User, rita: User, archive: dict[str, Document]
) -> None:
    before = read(ana, bridge_report).banner
    assert "NOFORN" in before
    library.relabel(by(rita), archive["secret"].pk, marking="UNCLASSIFIED", reason="It was cleared.")
    assert read(ana, bridge_report).banner == before


def test_an_author_who_lost_the_need_to_know_finds_it_gone(
    bridge_report: Report, read: Read, ana: User
) -> None:
    Membership.objects.filter(user=ana, collection_id="relief").delete()
    with pytest.raises(NotFoundHere):
        read(ana, bridge_report)
    with pytest.raises(NotFoundHere):
        selectors.readable_report(ana, scope_for(ana), bridge_report.pk)
    assert selectors.report_lists(ana, scope_for(ana)).mine == []


def test_a_document_that_was_read_and_not_cited_is_named_as_well(
    bridge_report: Report, read: Read, ana: User, rita: User, archive: dict[str, Document]
) -> None:
    used = set(bridge_report.sections.get().used_documents.values_list("document_id", flat=True))
    mine = by(rita).scope
    open_to_her = {document.pk for document in archive.values() if mine.may_read(document.label)}
    others = sorted((used & open_to_her) - {archive["bridge"].pk})
    library.remove(by(rita), others[0])
    shown = read(ana, bridge_report)
    assert any("without being cited" in warning for warning in shown.warnings)
    assert sentences(shown)[0].state == "supported"
