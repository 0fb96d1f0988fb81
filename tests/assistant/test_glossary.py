"""A glossary is obeyed, by its readers alone, and every change of it is on record."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.document_services import start_translation
from donovan.assistant.glossary import selectors, services
from donovan.assistant.glossary.matching import Matcher
from donovan.assistant.glossary.models import Term
from donovan.assistant.glossary.services import GlossaryRefused
from donovan.assistant.glossary.tables import Row, csv_of
from donovan.assistant.models import Answer
from donovan.assistant.translations import translation_events
from donovan.audit.models import AuditRecord
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.llm import using
from donovan.llm.apertium import ApertiumTranslator
from donovan.llm.scripted import ScriptedModel
from ingest.models import Document, Stage, Status
from tests.assistant.material import add_document

COLLECTION = "relief"
SPANISH = "Las zodiacas cruzaron el Paso Negro. El jefe de la Brigada Norte no respondió.\n"

pytestmark = pytest.mark.django_db
needs_spanish = pytest.mark.skipif(
    not ApertiumTranslator().can_translate("es", "en"), reason="Apertium's pair spa-eng is not installed"
)


@pytest.fixture
def caller(cast: dict[str, User]) -> Caller:
    return Caller.named(cast["ana"], source="test")


def entry(term: str, rendering: str, source: str = "es", target: str = "en") -> Row:
    return Row(term, rendering, source, target)


def kept(caller: Caller, *rows: Row, marking: str = "UNCLASSIFIED") -> list[Term]:
    return [services.add_term(caller, collection=COLLECTION, marking=marking, row=row) for row in rows]


def letter(marking: str = "UNCLASSIFIED") -> Document:
    document = add_document("Carta", SPANISH, language="es", marking=marking)
    document.status, document.stage = Status.READY, Stage.DONE
    document.save()
    return document


def translated(user: User, document: Document) -> Answer:
    started = start_translation(user, document, target="en")
    with using(ScriptedModel(["It left."])):
        for _event in translation_events(started.pk, scope=scope_for(user)):
            pass
    return Answer.objects.get(pk=started.pk)


def _told(answer: Answer) -> tuple[object, ...]:
    return answer.text, answer.result, answer.notice, answer.labels, answer.marking, answer.engine


def found(text: str, *rows: Row, language: str = "es") -> list[tuple[str, str]]:
    entries = [Term(label="a:U", term=row.term, rendering=row.rendering) for row in rows]
    return [(text[one.start : one.end], one.said) for one in Matcher(entries, language).known(text)]


def test_whole_words_are_found_in_their_endings_and_the_longest_first() -> None:
    rows = (entry("brigada", "brigade"), entry("Brigada Norte", "Northern Brigade"), entry("zodiaca", "RHIB"))
    assert found("La Brigada Norte y las zodiacas de la abrigada.", *rows) == [
        ("Brigada Norte", "Northern Brigade"),
        ("zodiacas", "RHIB"),
    ]


def test_abbreviations_are_found_as_they_stand_and_a_sentence_keeps_its_capital() -> None:
    assert found("EJE y eje", entry("EJE", "axis")) == [("EJE", "axis")]
    assert found("Zodiacas vistas.", entry("zodiaca", "boats")) == [("Zodiacas", "Boats")]


def test_serbian_terms_are_found_in_either_script() -> None:
    assert found("Види Ратно Острво.", entry("Ratno ostrvo", "War Island", "sr"), language="sr") == [
        ("Ратно Острво", "War Island")
    ]


@needs_spanish
def test_a_translation_obeys_it_and_carries_its_marking(caller: Caller) -> None:
    kept(caller, entry("zodiaca", "RHIB"), entry("Paso Negro", "Paso Negro"), marking="CUI")
    answer = translated(caller.user, letter())
    assert "RHIB" in answer.text
    assert "Paso Negro" in answer.text
    assert answer.marking == "CUI"
    assert len(answer.labels) == 2


@needs_spanish
def test_an_entry_that_is_not_found_in_the_text_leaves_no_trace(caller: Caller) -> None:
    kept(caller, entry("portaaviones", "carrier"), marking="CUI")
    assert translated(caller.user, letter()).marking == "UNCLASSIFIED"


@needs_spanish
def test_whoever_may_not_read_an_entry_gets_the_same_with_and_without_it(
    caller: Caller, cast: dict[str, User]
) -> None:
    readers = {name: user for name, user in cast.items() if scope_for(user).may_read(letter().label)}
    before = {name: translated(user, letter()) for name, user in readers.items()}
    (secret,) = kept(caller, entry("zodiaca", "RHIB"), marking="SECRET//NOFORN")
    shut_out = [name for name, user in readers.items() if not scope_for(user).may_read(secret.label)]
    assert shut_out, "the cast has no reader of the document who may not read the entry"
    for name in shut_out:
        assert _told(translated(readers[name], letter())) == _told(before[name])
        assert selectors.terms_in(scope_for(readers[name])) == []
        with pytest.raises(NotFoundHere):
            selectors.readable_term(scope_for(readers[name]), secret.pk)


def test_every_change_is_on_record_without_its_words(caller: Caller) -> None:
    (term,) = kept(caller, entry("zodiaca", "RHIB"))
    services.change_term(caller, term, rendering="boat", note="since March")
    services.delete_term(caller, term)
    rows = AuditRecord.objects.filter(action="glossary").order_by("sequence")
    assert [row.detail["what"] for row in rows] == ["term added", "term changed", "term deleted"]
    assert not any("zodiaca" in str(row.detail) for row in rows)


@pytest.mark.parametrize(
    ("row", "part"),
    [
        (entry("", "x"), "Write the term"),
        (entry("x", " "), "how the term is to stand"),
        (entry("x", "y", "es", "es"), "different"),
        (entry("x", "y", "qq"), "not the code"),
        (entry("x" * 300, "y"), "at most 200"),
    ],
)
def test_what_cannot_be_kept_is_a_sentence(caller: Caller, row: Row, part: str) -> None:
    with pytest.raises(GlossaryRefused) as refusal:
        kept(caller, row)
    assert part in refusal.value.sentence
    assert not Term.objects.exists()


def test_a_term_stands_once_whatever_its_case(caller: Caller) -> None:
    kept(caller, entry("Zodiaca", "RHIB"))
    with pytest.raises(GlossaryRefused, match="already"):
        kept(caller, entry("zodiaca", "boat"))


def test_only_uploaders_of_a_collection_change_it(caller: Caller, cast: dict[str, User]) -> None:
    (term,) = kept(caller, entry("zodiaca", "RHIB"))
    others = [Caller.named(user, source="test") for user in cast.values()]
    closed = [one for one in others if not one.may_add_to(COLLECTION)]
    assert closed
    for one in closed:
        with pytest.raises(GlossaryRefused):
            kept(one, entry("otra", "other"))
        with pytest.raises(GlossaryRefused):
            services.delete_term(one, term)


def test_a_table_goes_out_and_comes_in_again(caller: Caller) -> None:
    kept(caller, entry("zodiaca", "RHIB"), entry("=cmd", "-1"))
    table = csv_of(selectors.terms_in(scope_for(caller.user)))
    assert "'=cmd" in table
    Term.objects.all().delete()
    assert services.import_terms(caller, collection=COLLECTION, marking="UNCLASSIFIED", text=table) == (2, 0)
    assert {term.term for term in Term.objects.all()} == {"zodiaca", "=cmd"}
    assert services.import_terms(caller, collection=COLLECTION, marking="UNCLASSIFIED", text=table) == (0, 2)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "must name the columns"),
        ("a;b\n1;2", "must name the columns"),
        ("term,translation,from,to\n", "no terms"),
        ("term,translation,from,to\nx,y,es,en\nz,,es,en\n", "Line 3"),
    ],
)
def test_a_table_that_is_wrong_is_not_taken_in_at_all(caller: Caller, text: str, part: str) -> None:
    with pytest.raises(GlossaryRefused) as refusal:
        services.import_terms(caller, collection=COLLECTION, marking="UNCLASSIFIED", text=text)
    assert part in refusal.value.sentence
    assert not Term.objects.exists()


def test_the_page_adds_changes_and_deletes(client_for: Callable[[User], Client], caller: Caller) -> None:
    client = client_for(caller.user)
    values = {"term": "zodiaca", "rendering": "RHIB", "source": "es", "target": "en", "note": ""}
    values |= {"collection": COLLECTION, "marking": "UNCLASSIFIED"}
    assert client.post("/glossary/add/", values).status_code == 302
    assert client.post("/glossary/add/", values).status_code == 422
    term = Term.objects.get()
    assert "zodiaca" in client.get("/glossary/").content.decode()
    client.post(f"/glossary/{term.pk}/change/", {"rendering": "boat"})
    assert "boat" in client.get("/glossary/export/").content.decode()
    client.post(f"/glossary/{term.pk}/delete/")
    assert not Term.objects.exists()


def test_the_command_does_the_same(caller: Caller, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        out = StringIO()
        call_command("glossary", *words, "--as", "ana", stdout=out)
        return out.getvalue().strip()

    key = run("add", "zodiaca", "RHIB", "--from", "es", "--collection", COLLECTION)
    run("change", key, "boat")
    table = tmp_path / "terms.csv"
    table.write_text(run("export"), encoding="utf-8")
    run("delete", key)
    assert run("import", str(table), "--collection", COLLECTION).startswith("1 entries are new")
    with pytest.raises(CommandError):
        run("delete", key)
