"""What is given out in any form and taken in again is the same; what a form has no place for is counted."""

import json
import string
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donovan.feedback.datasets.exporting import export_version
from donovan.feedback.datasets.formats import FORMATS
from donovan.feedback.datasets.formats.kept import CARRIED
from donovan.feedback.datasets.formats.squad import NOT_ANSWERED
from donovan.feedback.datasets.importing import Wanted, import_version
from donovan.feedback.datasets.mistakes import Mistakes
from donovan.feedback.datasets.reading import read_all
from donovan.feedback.datasets.rows import SPLITS
from donovan.feedback.datasets.uploads import unpacked
from donovan.feedback.shapes import (
    DISPOSITIONS,
    GRADES,
    PREFERRED,
    TASKS,
    VERDICTS,
    check_input,
    check_value,
)
from tests.feedback.datasets.making import PAIRS, SECRET, made, published

letters = st.text(
    st.one_of(
        st.sampled_from(list(string.ascii_letters + " \t\r\n\"'\\#-_:/,.«é\u0301☃🚒漢\u2028\x85\x1c\ufeff")),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=24,
)
words = letters.filter(lambda text: bool(text.strip()))
texts = st.lists(letters, max_size=3)
flags = st.booleans()

INPUTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "relevance": st.fixed_dictionaries(
        {"question": letters, "passage": letters},
        optional={"title": letters, "passage_id": st.one_of(st.integers(0, 3), words), "more": letters},
    ),
    "document_class": st.fixed_dictionaries({"text": letters}, optional={"title": letters}),
    "spans": st.fixed_dictionaries({"text": letters}, optional={"title": letters}),
    "preference": st.fixed_dictionaries({"question": letters, "context": texts, "a": letters, "b": letters}),
    "claim_support": st.fixed_dictionaries({"question": letters, "claim": letters, "evidence": texts}),
    "answer": st.fixed_dictionaries(
        {"question": letters, "context": texts, "draft": letters}, optional={"title": letters}
    ),
    "translation": st.fixed_dictionaries(
        {"text": letters, "source_language": letters, "target_language": letters}
    ),
    "transcription": st.fixed_dictionaries(
        {"document": letters, "page": st.integers(1, 9), "box": st.just([0.1, 0.2, 0.3, 0.4])}
    ),
    "table_cell": st.fixed_dictionaries({"table": letters, "row": st.integers(0, 9), "column": letters}),
    "anomaly": st.fixed_dictionaries({"says": letters}),
    "entity_merge": st.fixed_dictionaries({"a": letters, "b": letters}),
    "usefulness": st.fixed_dictionaries({"question": letters, "answer": letters}),
}


def values(task: str, shown: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Values that `check_value` would take for that input."""
    length = len(shown.get("text", ""))
    span = st.tuples(st.integers(0, length), st.integers(0, length), words).filter(
        lambda each: each[0] < each[1]
    )
    steps = st.lists(st.fixed_dictionaries({"question": words, "answer": letters}), max_size=2)
    context = "\n".join(shown.get("context", []))
    said = [context[at : at + 5] for at in range(0, len(context), 3) if context[at : at + 5].strip()]
    return {
        "relevance": st.fixed_dictionaries({"grade": st.sampled_from(GRADES)}),
        "document_class": st.fixed_dictionaries({"class": words}),
        "spans": st.fixed_dictionaries(
            {
                "spans": st.lists(
                    span.map(lambda each: dict(zip(("start", "end", "label"), each, strict=True))),
                    max_size=4 if length else 0,
                )
            }
        )
        if length
        else st.just({"spans": []}),
        "preference": st.fixed_dictionaries(
            {"preferred": st.sampled_from(PREFERRED), "strength": st.integers(1, 3), "why": letters}
        ),
        "claim_support": st.fixed_dictionaries({"verdict": st.sampled_from(VERDICTS), "steps": steps}),
        "answer": st.fixed_dictionaries({"answer": st.sampled_from([*said, NOT_ANSWERED, "not in it"])}),
        "translation": st.fixed_dictionaries({"text": words, "quality": st.integers(1, 5)}),
        "transcription": st.fixed_dictionaries({"text": letters}),
        "table_cell": st.fixed_dictionaries({"text": letters}),
        "anomaly": st.fixed_dictionaries({"disposition": st.sampled_from(DISPOSITIONS)}),
        "entity_merge": st.fixed_dictionaries({"same": flags}),
        "usefulness": st.fixed_dictionaries({"useful": flags}),
    }[task]


@st.composite
def rows_of(draw: st.DrawFn, task: str) -> list[dict[str, Any]]:
    drawn = []
    for number in range(draw(st.integers(1, 4))):
        shown = draw(INPUTS[task])
        facts = {
            "id": f"{number}{draw(letters)}",
            "task": task,
            "input": check_input(task, shown),
            "value": check_value(task, shown, draw(values(task, shown))),
            "split": draw(st.sampled_from(SPLITS)),
            **{name: draw(letters) for name in ("group", "document", "language", "source", "scan_quality")},
            "date": draw(st.sampled_from(["", "2026-03-14"])),
            "marking": "SECRET",
            "labels": ["relief:SECRET"],
            "weight": draw(st.floats(0, 1)),
            "annotators": sorted(draw(st.sets(words, max_size=2))),
        }
        more = {"how": draw(words), "agreement": draw(st.floats(0, 1)), "documents": draw(texts)}
        drawn.append(facts | (more if draw(flags) else {}))
    return drawn


@pytest.mark.parametrize(("form", "task"), PAIRS)
@settings(max_examples=30)
@given(data=st.data())
def test_every_row_that_is_not_counted_as_left_out_comes_back_as_it_was(
    form: str, task: str, data: st.DataObject
) -> None:
    rows = data.draw(rows_of(task))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "manifest.json").write_text(json.dumps({"marking": "SECRET", "notice": "See."}))
        left_out = FORMATS[form].write(rows, folder)
        mistakes = Mistakes()
        is_there = len(list(folder.iterdir())) > 1
        back = list(FORMATS[form].read(folder, task, mistakes)) if is_there else []
        mistakes.refuse("")
    # What has no tag in CoNLL are spans, not rows.
    assert len(back) == len(rows) - (left_out if form != "conll" else 0)
    before = {each["id"]: each for each in rows}
    for found in back:
        row, expected = found.row, before.pop(found.row["id"])
        row["value"] = check_value(task, row["input"], row["value"])
        names = {"input", "value", "split", *CARRIED}
        assert {name: row[name] for name in names & set(row)} == {
            name: expected[name] for name in names & set(expected)
        }


def test_every_task_can_be_given_out_in_some_form() -> None:
    assert {task for _, task in PAIRS} == set(TASKS)


@pytest.mark.parametrize(("form", "task"), PAIRS)
def test_a_version_that_is_exported_and_imported_has_the_same_rows(
    mia_calls, tmp_path: Path, form: str, task: str
) -> None:
    caller, version = published(mia_calls, made(task))
    done = export_version(caller, version, form, tmp_path / "out.zip")
    assert (done.total, done.left_out) == (8, 0)
    wanted = Wanted(form, "relief", SECRET, task=task)
    with unpacked(tmp_path / "out.zip") as place:
        back = import_version(caller, "back", place, wanted).version
    before = {each["id"]: {**each, "origin": "import"} for each in read_all(version)}
    assert {each["id"]: each for each in read_all(back)} == before
