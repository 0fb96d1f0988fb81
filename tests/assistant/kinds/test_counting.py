"""Documents are counted over the collection: the number, what was counted, every one of them to open."""

from collections.abc import Callable
from datetime import date

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.kinds import Asked, Taken, kind_of
from donovan.assistant.kinds.counting import answer
from donovan.assistant.models import Claim
from ingest.models import Document, Status
from retrieval.results import SearchFilters
from tests.assistant.material import add_document

Count = Callable[[User, str], Taken | None]


def _dated(title: str, text: str, day: str, **more: str) -> Document:
    document = add_document(title, text, **more)
    Document.objects.filter(pk=document.pk).update(
        document_date=date.fromisoformat(day) if day else None, status=Status.READY
    )
    return document


@pytest.fixture
def count(db: None) -> Count:
    """`count(ana, "How many ...?")`: what the kind gives within what Ana may read."""

    def go(user: User, question: str) -> Taken | None:
        asked = Asked(
            text=question,
            language="en",
            kind=kind_of(question, "en"),
            scope=scope_for(user),
            filters=SearchFilters(),
            seek=lambda _text: [],
        )
        return answer(asked)

    return go


@pytest.fixture
def cables(cast: dict[str, User]) -> dict[str, Document]:
    """Telegrams of two posts, a memorandum and a mail; one telegram is above Ben's clearance."""
    made = {
        "one": _dated(
            "Telegram From the Legation in Ardovia to the Ministry",
            "Port Kalena, October 3, 1962. 12. The harbour was quiet.",
            "1962-10-03",
        ),
        "two": _dated(
            "Telegram From the Legation in Ardovia to the Ministry",
            "Port Kalena, October 9, 1962. 15. The old viaduct was shelled.",
            "1962-10-09",
        ),
        "secret": _dated(
            "Telegram From the Legation in Ardovia to the Ministry",
            "Port Kalena, October 11, 1962. 17. The viaducts were mined.",
            "1962-10-11",
            marking="SECRET",
        ),
        "november": _dated(
            "Telegram From the Ambassador in Velia (Marsh) to the Ministry",
            "Santa Ruda, November 2, 1962. 40. Nothing from the legation at Port Kalena.",
            "1962-11-02",
        ),
        "undated": _dated("Telegram From the Legation in Ardovia to the Ministry", "Port Kalena. 9.", ""),
        "memo": _dated(
            "Memorandum From the Deputy Minister (Delgado) to the Minister",
            "October 5, 1962. On the viaduct.",
            "1962-10-05",
        ),
        "acting": _dated(
            "Memorandum From the Deputy Minister (Delgado) to the Acting Minister",
            "October 6, 1962.",
            "1962-10-06",
        ),
        "under": _dated(
            "Memorandum From the Deputy Minister (Delgado) to the Under Minister",
            "October 7, 1962.",
            "1962-10-07",
        ),
    }
    return made


def _counted(taken: Taken | None) -> set[str]:
    assert taken is not None
    return {str(span.document_id) for span in taken.statements[0].spans}


def _ids(documents: dict[str, Document], *names: str) -> set[str]:
    return {str(documents[name].pk) for name in names}


def _said(taken: Taken | None) -> str:
    assert taken is not None
    return " ".join([taken.statements[0].text, *taken.notices])


def test_papers_are_counted_by_kind_sender_and_time(
    count: Count, ana: User, cables: dict[str, Document]
) -> None:
    taken = count(ana, "Number of cables that the Port Kalena legation sent in October 1962?")
    assert _said(taken).startswith("3 documents: cables with “Port”")
    assert _counted(taken) == _ids(cables, "one", "two", "secret")
    assert taken is not None
    assert taken.statements[0].origin == Claim.Origin.COMPUTED
    assert taken.facts["number"] == len(taken.facts["documents"]) == 3


def test_a_count_is_the_same_whether_or_not_there_is_more_than_one_may_read(
    count: Count, ben: User, cables: dict[str, Document]
) -> None:
    question = "How many cables did the legation in Port Kalena send in October 1962?"
    before = count(ben, question)
    assert _counted(before) == _ids(cables, "one", "two")
    Document.objects.filter(pk=cables["secret"].pk).delete()
    assert count(ben, question) == before


def test_an_answer_rests_on_all_that_was_counted(
    count: Count, ana: User, cables: dict[str, Document]
) -> None:
    taken = count(ana, "How many cables from the legation are there?")
    assert taken is not None
    assert cables["secret"].label in taken.labels


def test_an_office_is_not_the_one_below_it_and_what_is_left_out_stays_out(
    count: Count, ana: User, cables: dict[str, Document]
) -> None:
    taken = count(ana, "Memos from Delgado to the Minister, leaving out the Acting one - how many?")
    assert _counted(taken) == _ids(cables, "memo")


def test_a_name_finds_its_sender_and_what_only_mentions_it_is_not_counted(
    count: Count, ana: User, cables: dict[str, Document]
) -> None:
    taken = count(ana, "how many cables from Marsh in Santa Ruda have we got")
    assert _said(taken).startswith("1 document:")
    assert _counted(taken) == _ids(cables, "november")


def test_a_paper_that_names_no_sender_is_known_by_the_names_at_its_top(
    count: Count, ana: User, cables: dict[str, Document]
) -> None:
    notes = _dated("Notes on the 38th Meeting of the Flood Committee", "PRESENT: Mr. Tretherne, Chairman", "")
    _dated("Notes on a Meeting of the Board", "Mr. Tretherne of the Flood Committee spoke.", "")
    taken = count(ana, "How many sets of notes from Tretherne's committee do we hold?")
    assert _counted(taken) == {str(notes.pk)}


def test_what_no_paper_bears_is_named_and_not_counted_by(
    count: Count, ana: User, cables: dict[str, Document]
) -> None:
    taken = count(ana, "How many memos from Delgado to Xanthippe do we hold?")
    assert _said(taken).startswith("3 documents")
    assert "Not counted by: “Xanthippe”" in _said(taken)


def test_none_of_a_time_is_an_answer(count: Count, ana: User, cables: dict[str, Document]) -> None:
    said = _said(count(ana, "How many cables did the ambassador send in March 1962?"))
    assert said.startswith("0 documents: ")


def test_none_is_not_said_where_a_paper_of_unknown_date_would_fit(
    count: Count, ana: User, cables: dict[str, Document]
) -> None:
    said = _said(count(ana, "How many cables did the legation send in March 1962?"))
    assert said.startswith("No document for certain, and 1 of unknown date that would fit: ")


def test_what_could_not_be_read_or_dated_is_told(
    count: Count, ana: User, cables: dict[str, Document]
) -> None:
    Document.objects.filter(pk=cables["one"].pk).update(status=Status.FAILED)
    said = _said(count(ana, "How many cables did the legation send in October 1962?"))
    assert "Not counted: 1 document that would fit, but whose date could not be told." in said
    assert "Not counted, because not read: 1 document could not be read." in said


def test_a_copy_is_counted_once(count: Count, ana: User, cables: dict[str, Document]) -> None:
    copy = _dated(
        cables["one"].title, "Port Kalena, October 3, 1962. 12.", "1962-10-03", collection="logistics"
    )
    Document.objects.filter(pk=copy.pk).update(blob=cables["one"].blob)
    assert _said(count(ana, "How many cables did the legation send in October 1962?")).startswith(
        "3 documents"
    )


@pytest.mark.parametrize(
    "question",
    [
        "How many tents did Convoy Seven carry to Camp Lila?",
        "How many invoices from Delgado are there?",
        "How many telegrams from Xanthippe are there?",
    ],
    ids=["of things in the text", "of papers that are not here", "of nothing that could be read"],
)
def test_what_cannot_be_counted_is_asked_the_ordinary_way(
    count: Count, ana: User, cables: dict[str, Document], question: str
) -> None:
    assert count(ana, question) is None


def test_a_name_at_the_top_makes_a_sender_only_where_no_paper_says_who_sent_it(
    cast: dict[str, User], count: Count
) -> None:
    _dated("Memorandum From the Envoy (Halvorsen) to the Minister", "May 2, 1962. The harbour.", "1962-05-02")
    _dated("Memorandum of a Conversation", "May 3, 1962. PRESENT Mr. Halvorsen. The harbour.", "1962-05-03")
    taken = count(cast["ana"], "How many memoranda from Halvorsen do we have?")
    assert taken is not None
    assert taken.facts["number"] == 1
    assert any("1 more that name “Halvorsen” at the top" in notice for notice in taken.notices)
    Document.objects.filter(title__startswith="Memorandum From").delete()
    taken = count(cast["ana"], "How many memoranda from Halvorsen do we have?")
    assert taken is not None
    assert taken.facts["number"] == 1
    assert not any("Not counted" in notice for notice in taken.notices)
