"""Codes and names are found however they are written, and what is written so stands first."""

from collections.abc import Callable

import pytest

from ingest.models import Document
from retrieval import variants
from retrieval.indexing import index_pending
from retrieval.lexical import LexicalQuery
from retrieval.name_forms import is_same, likeness
from retrieval.opening import open_scope
from retrieval.scope import AccessScope
from retrieval.search import search

from .conftest import RELIEF, SECRET, Text

Texts = Callable[..., list[Document]]
OPEN = AccessScope.of([RELIEF])


def found(query: str, scope: AccessScope = OPEN) -> list[str]:
    return [hit.name for hit in search(query, scope, mode="bm25").hits]


@pytest.mark.parametrize("asked", ["TR4471", "TR 4471", "TR-4471", "tr4471", "tr 4471"])
def test_a_code_is_found_in_any_of_its_writings(texts: Texts, asked: str) -> None:
    texts(
        Text("joined", ("The lorry TR4471 left at noon.",)),
        Text("apart", ("The lorry TR 4471 came back.",)),
        Text("hyphen", ("The lorry TR-4471 was repaired.",)),
        Text("other", ("The lorry TR 4472 stayed.",)),
    )
    index_pending()
    names = found(asked)
    assert set(names[:3]) == {"joined", "apart", "hyphen"}


def test_a_grid_and_the_end_of_a_long_code_are_found(texts: Texts) -> None:
    texts(
        Text("grid", ("The depot lies at 33T WN 12345 67890 near the road.",)),
        Text("file", ("See HES/BR/07 for the survey.",)),
    )
    index_pending()
    assert found("33TWN1234567890") == ["grid"]
    assert found("BR07")[0] == "file"


WRITINGS = {
    "place": [
        "18S UJ 23394 07395",
        "18SUJ2339407395",
        "38.8977, -77.0365",
        "385352N0770211W",
        "N38 53.862 W077 02.190",
    ],
    "moment": ["061430ZSEP26", "06 1430Z SEP 2026", "061630BSEP26", "061430z sep 26", "061430ZSEP"],
    "number": ["+964 770 123 4567", "00964-770-123-4567", "+9647701234567", "0770 123 4567"],
}
ASKED_ONLY = {"061430ZSEP", "N38 53.862 W077 02.190"}
"""Too little, or too loose, to be found in prose under the same key as the others."""
OTHERS = {
    "place": "38.9077, -77.0365",
    "moment": "061430BSEP26",
    "number": "+964 770 123 4568",
}


@pytest.mark.parametrize(("kind", "asked"), [(kind, each) for kind, all in WRITINGS.items() for each in all])
def test_a_place_a_moment_and_a_number_are_found_in_any_of_their_writings(
    texts: Texts, kind: str, asked: str
) -> None:
    called = "Tel. " if kind == "number" else ""
    written = [w for w in WRITINGS[kind] if w not in ASKED_ONLY or asked == w]
    texts(*(Text(w, (f"{called}{w} was written down.",)) for w in written))
    texts(Text("other", (f"{called}{OTHERS[kind]} was written down.",)))
    index_pending()
    assert {*found(asked)[: len(written)]} == {*written}


def test_how_a_place_was_understood_is_told(texts: Texts) -> None:
    texts(Text("sheet", ("The depot lies at 18S UJ 23394 07395.",)))
    index_pending()
    told = search("38.8977, -77.0365", OPEN, mode="bm25")
    assert told.variants == (("38.8977, -77.0365", ("38.89770° N, 77.03650° W",)),)


def test_a_large_square_is_no_point(texts: Texts) -> None:
    texts(Text("square", ("The patrol is somewhere in 18S UJ 23 07.",)))
    index_pending()
    assert found("18SUJ2307") == ["square"]
    assert found("38.8977, -77.0365") == []


def test_a_row_of_numbers_is_no_code() -> None:
    assert not list(variants.codes("12 34 56 78 90"))
    assert "1234567890ab" not in variants.codes("12 34 56 78 90 AB")


@pytest.mark.parametrize("asked", ["Ahmedov", "Akhmedow", "Ахмедов", "أحمدوف", "ahmedov"])
def test_one_person_is_found_in_every_spelling(texts: Texts, asked: str) -> None:
    texts(
        Text("plain", ("Mr Ahmedov signed the list.",)),
        Text("german", ("Herr Akhmedow unterschrieb.",), language="de"),
        Text("russian", ("Список подписал Ахмедов.",), language="ru"),
        Text("arabic", ("وقع أحمدوف القائمة.",), language="ar"),
        Text("other", ("Mr Petrov signed the list.",)),
    )
    index_pending()
    assert set(found(asked)) == {"plain", "german", "russian", "arabic"}


def test_the_spelling_that_was_asked_for_stands_first_and_the_others_are_told(texts: Texts) -> None:
    texts(
        Text("other way", ("Mr Akhmedow signed the list.",)),
        Text("asked way", ("Mr Ahmedov signed the list.",)),
    )
    index_pending()
    assert found("Ahmedov") == ["asked way", "other way"]
    assert search("Ahmedov", OPEN).variants == (("Ahmedov", ("akhmedow",)),)


def test_spellings_outside_the_scope_are_neither_looked_for_nor_told(texts: Texts) -> None:
    texts(Text("open", ("Mr Ahmedov signed the list.",)))
    index_pending()
    before = search("Ahmedov", OPEN)
    texts(Text("closed", ("Mr Akhmedow and Mr Achmedov signed.",), label=SECRET))
    index_pending()
    after = search("Ahmedov", OPEN)
    assert (after.hits, after.variants) == (before.hits, ())


def test_ordinary_words_of_a_question_are_not_taken_for_names(texts: Texts) -> None:
    texts(Text("white", ("Mr Whatt and Mrs White met Mr Manny in Wiesner Street.",)))
    index_pending()
    assert search("What has many wishes", OPEN).variants == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shevchenko", "Шевченко"),
        ("Gaddafi", "القذافي"),
        ("Muhammad", "محمد"),
        ("Đorđević", "Djordjevic"),
        ("Đorđević", "Ђорђевић"),
        ("Yeltsin", "Ельцин"),
        ("Protasov", "بروتاسوف"),
        ("Ivanovich", "伊万诺维奇"),
        ("Yamaguchi", "ימאגוצ'י"),
        ("Eriksen", "Ericksen"),
    ],
)
def test_spellings_of_one_name_are_near_each_other(one: str, other: str) -> None:
    assert likeness(one, other) >= 0.6
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Petrov", "Ахмедов"),
        ("Johnson", "Jackson"),
        ("Marin", "Martin"),
        ("Orla", "Orel"),
        ("Karimov", "Kadyrov"),
    ],
)
def test_different_names_are_not_united(one: str, other: str) -> None:
    assert not is_same(one, other)


@pytest.mark.parametrize(
    "text", ["1" * 5_000 + "a", "1" * 400 + "ABCDEF", "A1" * 2_000, "x" * 9_000, "1 A " * 500]
)
def test_long_rows_of_figures_and_letters_take_no_time(text: str) -> None:
    """A pattern that could divide a row of figures in many ways would never end."""
    assert len(list(variants.codes(text))) < 20_000
    assert len(variants.asked_codes(text)) < 20_000


def test_another_spelling_never_beats_the_one_that_was_asked_for(texts: Texts) -> None:
    common = [Text(f"asked {n}", (f"Mr Akhmedov came on day {n}.",)) for n in range(6)]
    texts(*common, Text("rare", ("Mr Akhmedow came on one day.",)))
    index_pending()
    names = found("Akhmedov")
    assert (len(names), names[-1]) == (7, "rare")


def test_no_score_of_words_exceeds_what_a_passage_full_of_them_could_have(texts: Texts) -> None:
    texts(
        Text("aliases", ("Ahmedov, Akhmedow, Achmedov, Akhmedov and Ахмедов are one man; see HES/BR/07.",)),
        Text("plain", ("The ferry was late.",)),
    )
    index_pending()
    for query in ("Ahmedof", "Ahmedov", "HESBR07", "HES/BR/07", "Akhmedof HESBR07 ferry"):
        opened = open_scope(OPEN, [])
        words = LexicalQuery(query, [segment.content.postings for segment in opened])
        best = max(float(words.scores(segment.content.postings).max()) for segment in opened)
        assert 0 < best <= words.ceiling * (1 + 1e-9)
