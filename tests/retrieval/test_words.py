import pytest

from retrieval.words import PLAIN, analysis_of, terms


def shared(a: str, b: str, language: str) -> set[str]:
    analysis = analysis_of(language)
    return set(terms(a, analysis)) & set(terms(b, analysis))


@pytest.mark.parametrize(
    ("language", "asked", "written"),
    [
        ("en", "repairing bridges", "The bridge was repaired"),
        ("es", "hospitales", "el hospital"),
        ("ru", "мосты", "на мосту"),
        ("ar", "المدرسة", "مدرسه"),
        ("sr", "Београд", "u Beogradu"),
        ("hr", "Đakovo", "Ђаково"),
        ("bs", "skola", "škole"),
        ("zh", "卡万·肖特", "职业碗防守截锋卡万·肖特以11分领先"),
        ("ja", "東京都", "私は東京に住む"),
    ],
)
def test_other_forms_of_a_word_are_the_same_term(language: str, asked: str, written: str) -> None:
    assert shared(asked, written, language)


def test_chinese_is_counted_without_spaces() -> None:
    assert terms("黑豹队", analysis_of("zh")) == ["黑", "豹", "队", "黑豹", "豹队"]


def test_every_analysis_gives_as_many_terms_in_the_same_order() -> None:
    text = "The ships' crew, школа 黑豹队 NFL赛 المدرسة don't"
    counts = {len(terms(text, analysis_of(code))) for code in ("en", "ru", "sr", "ar", "zh", "xx", "")}
    assert len(counts) == 1


def test_an_unknown_language_is_folded_but_never_stemmed() -> None:
    assert analysis_of("") == analysis_of("xx") == PLAIN
    assert terms("Running ÉCOLES ﬁle", PLAIN) == ["running", "ecoles", "file"]


def test_arabic_marks_and_stretches_do_not_count() -> None:
    assert shared("مُحَمَّد", "محمـــد", "ar")
