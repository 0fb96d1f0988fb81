"""A kind of question asked through the whole way: kept, marked, shown, each document to open."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.assistant.models import Answer, Claim
from ingest.models import Document
from tests.assistant.conftest import Asker


def test_a_count_is_kept_with_what_was_counted_and_every_document_opens(
    ask: Asker, ana: User, archive: dict[str, Document], client_for: Callable[[User], Client]
) -> None:
    """Words in the text count in any inflection, and each document is cited at the words."""
    answer, events = ask(ana, "How many documents mention bridges?")
    assert answer.ending == Answer.Ending.ANSWERED
    assert answer.text.startswith("2 documents: of any kind with “bridges” in the text")
    claim = answer.claims.get()
    assert claim.origin == Claim.Origin.COMPUTED
    quotes = {citation.document_id: citation.quote for citation in claim.citations.all()}
    assert set(quotes) == {archive["bridge"].pk, archive["secret"].pk}
    assert "was mined" in quotes[archive["secret"].pk]
    assert answer.marking.startswith("SECRET")
    told = next(event for event in events if event.kind == "claim")
    assert told.data["origin"] == "computed"
    page = client_for(ana).get(reverse("assistant:answer", args=[answer.pk])).content.decode()
    assert all(reverse("library:document", args=[key]) in page for key in quotes)


def test_a_count_over_what_one_may_read_tells_nothing_of_the_rest(
    ask: Asker, ben: User, archive: dict[str, Document]
) -> None:
    answer, _ = ask(ben, "How many documents mention bridges?")
    assert answer.text.startswith("1 document:")
    assert answer.marking == "UNCLASSIFIED"
