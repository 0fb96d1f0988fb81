"""Who searches for the field's word lands on a file that the glossary names."""

import re

import pytest

from tests.docs.pages import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
# The words by which the repository was searched in vain.
STANDARD = (
    *("enqueue", "heartbeat", "lease", "entailment", "annotation"),
    *("reciprocal rank", "CLDR", "fencing", "idempotent", "subprocess"),
)


def rows_of(text: str) -> dict[str, list[str]]:
    """The field's word -> the files of its row."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return {
        word.strip(): re.findall(r"`([^`]+)`", where)
        for word, _, where in rows
        if word.strip() != "the field's word"
    }


def led_to(word: str, files: list[str]) -> list[str]:
    """Those of the files in which the word stands, however it is written."""
    return [name for name in files if word.casefold() in (ROOT / name).read_text(encoding="utf-8").casefold()]


ROWS = rows_of(GLOSSARY.read_text(encoding="utf-8"))


@pytest.mark.parametrize("word", STANDARD)
def test_a_standard_word_has_a_row_and_leads_to_a_file_of_it(word: str) -> None:
    rows = [files for name, files in ROWS.items() if word.casefold() in name.casefold()]
    assert rows, f"the glossary has no row for {word}"
    assert any(led_to(word, files) for files in rows), f"none of {rows} holds the word {word}"


@pytest.mark.parametrize(
    "word", sorted(set(ROWS) - {"access label", "reciprocal rank fusion", "fencing token"})
)
def test_every_other_word_of_the_glossary_leads_to_a_file_of_its_row(word: str) -> None:
    assert led_to(word, ROWS[word]), f"none of {ROWS[word]} holds the word {word}"


def test_a_word_that_stands_in_none_of_its_files_is_found_out() -> None:
    (word, files) = next(iter(rows_of("| teapot | a pot | `ingest/blobs.py`, `ingest/ledger.py` |").items()))
    assert (word, files) == ("teapot", ["ingest/blobs.py", "ingest/ledger.py"])
    assert led_to(word, files) == []
    assert led_to("LEASE", files) == ["ingest/ledger.py"]
