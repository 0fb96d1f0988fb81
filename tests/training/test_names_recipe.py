"""What the tagger of names learns from is read with every name where it stands, whatever the set's form."""

import json
from pathlib import Path
from random import Random

from donovan.training.names.sets import Marked, from_docred, from_iob, from_re3d, in_cyrillic, joined

Told = list[tuple[str, str]]


def told(example: Marked) -> Told:
    return [(example.text[a:b], kind) for a, b, kind in example.names]


def test_a_sentence_is_read_as_it_was_written_and_titles_and_articles_are_no_names(tmp_path: Path) -> None:
    words = ("Gen.", "Ana", "Kos", "left", "the", "Hague")
    rows = zip(words, ("B-PER", "I-PER", "I-PER", "O", "B-LOC", "I-LOC"), strict=True)
    lines = ["# text = Gen. Ana Kos left the Hague", *(f"{n}\t{w}\t{t}" for n, (w, t) in enumerate(rows, 1))]
    (tmp_path / "one.iob2").write_text("\n".join([*lines, "", *lines]) + "\n")
    first, second = from_iob(tmp_path / "one.iob2")
    assert told(first) == [("Ana Kos", "person"), ("Hague", "place")]
    (both,) = joined([first, second], Random(1))
    assert told(both) == told(first) + told(second)


def test_columns_without_numbers_and_documents_of_mentions(tmp_path: Path) -> None:
    (tmp_path / "two.conll").write_text("Brix B-corporation\nLtd I-corporation\n. O\n")
    assert told(next(from_iob(tmp_path / "two.conll"))) == [("Brix Ltd", "organisation")]
    mention = {"pos": [0, 2], "sent_id": 0, "type": "PER"}
    document = {"sents": [["Ana", "Kos", "left", "."]], "vertexSet": [[mention]]}
    (tmp_path / "three.json").write_text(json.dumps([document]))
    assert told(next(from_docred(tmp_path / "three.json"))) == [("Ana Kos", "person")]


def test_of_a_report_the_names_are_taken_and_what_only_describes_is_not(tmp_path: Path) -> None:
    home = tmp_path / "SOURCE"
    home.mkdir()
    text = "The leaders met the SDF.\nNothing else."
    (home / "documents.json").write_text(json.dumps({"_id": "a1", "text": text}))
    spans = [(0, 11, "Person"), (16, 23, "Organisation")]
    lines = [
        json.dumps({"documentId": "a1", "begin": a, "end": b, "type": kind, "confidence": 1})
        for a, b, kind in spans
    ]
    (home / "entities.json").write_text("\n".join(lines))
    first, second = from_re3d(tmp_path, lambda _name: True)
    assert told(first) == [("SDF", "organisation")]
    assert second == Marked("Nothing else.", ())


def test_serbian_is_put_into_cyrillic_with_its_names() -> None:
    text = "Njegoš Džinić je u Ljubljani, WWF."
    names = ((0, 13, "person"), (19, 28, "place"))
    assert in_cyrillic(Marked(text, names)).text == "Његош Џинић је у Љубљани, WWФ."
    assert told(in_cyrillic(Marked(text, names))) == [("Његош Џинић", "person"), ("Љубљани", "place")]
