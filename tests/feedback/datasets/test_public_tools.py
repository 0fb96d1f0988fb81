"""Files as public tools and collections write them are read as they are meant."""

import json
from pathlib import Path
from typing import Any

import pytest

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats import FORMATS
from donovan.feedback.datasets.mistakes import Mistakes

KESSA = [("Kessa", "LOC")]


def read(path: Path, form: str, task: str = "") -> list[dict[str, Any]]:
    mistakes = Mistakes()
    found = list(FORMATS[form].read(path, task or FORMATS[form].tasks[0], mistakes))
    mistakes.refuse("")
    return [each.row for each in found]


def spans_in(path: Path, content: str) -> list[list[tuple[str, str]]]:
    """The words and classes of the spans of each text of a CoNLL file."""
    path.write_text(content)
    return [
        [(row["input"]["text"][span["start"] : span["end"]], span["label"]) for span in row["value"]["spans"]]
        for row in read(path, "conll")
    ]


CONLL_2003 = """-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
German JJ B-NP B-MISC
call NN I-NP O
. . O O

Peter NNP B-NP B-PER
Blackburn NNP I-NP I-PER

-DOCSTART- -X- -X- O

1996-08-22 CD B-NP O
"""
LABEL_STUDIO_CONLL = """-DOCSTART- -X- O
Showers -X- _ O
in -X- _ O
the -X- _ B-Location
Bahia -X- _ I-Location
# -X- _ O

"""
WNUT_17 = "@paulwalk\tO\nEmpire\tB-location\nState\tI-location\n\n#Kessa\tB-LOC\n\n"
GERM_EVAL = (
    "#\thttp://de.wikipedia.org/wiki/Troia [2009-10-17]\n"
    "1\tTroia\tB-OTH\tB-LOC\n2\t-\tI-OTH\tO\n3\tTraum\tI-OTH\tO\n\n"
    "#\tn-tv.de [2005-02-26]\n1\tBonn\tB-LOC\tO\n"
)
UNIVERSAL_NER = (
    "# sent_id = weblog-1\n# text = Vitamin B-12 in Kessa.\n"
    "1\tVitamin\tO\t-\t-\n2\tB-12\tO\t-\t-\n3\tin\tO\t-\t-\n4\tKessa\tB-LOC\t-\tann1\n5\t.\tO\t-\t-\n"
)
MULTI_CO_NER = "# id 0d5b domain=en\nthe _ _ O\nkessa _ _ B-LOC\n"


NEWS = [[("EU", "ORG"), ("German", "MISC")], [("Peter Blackburn", "PER")], []]
CITIES = [[("New York", "LOC"), ("Oslo", "LOC"), ("Bonn", "LOC")]]
CONLL_FILES: dict[str, tuple[str, list[list[tuple[str, str]]]]] = {
    "conll-2003": (CONLL_2003, NEWS),
    "conll-2003 with tabs": (CONLL_2003.replace(" ", "\t"), NEWS),
    "label studio": (LABEL_STUDIO_CONLL, [[("the Bahia", "Location")]]),
    "wnut-17": (WNUT_17, [[("Empire State", "location")], [("#Kessa", "LOC")]]),
    "germeval": (GERM_EVAL, [[("Troia - Traum", "OTH")], [("Bonn", "LOC")]]),
    "universal ner": (UNIVERSAL_NER, [[("Kessa", "LOC")]]),
    "multiconer": (MULTI_CO_NER, [[("kessa", "LOC")]]),
    "iob1": ("New I-LOC\nYork I-LOC\nOslo B-LOC\nand O\nBonn I-LOC\n", CITIES),
    "iob2": ("New B-LOC\nYork I-LOC\nOslo B-LOC\nand O\nBonn B-LOC\n", CITIES),
    "bioes": ("New B-LOC\nYork E-LOC\nOslo S-LOC\nand O\nBonn S-LOC\n", CITIES),
    "bilou": ("New B-LOC\nYork L-LOC\nOslo U-LOC\nand O\nBonn U-LOC\n", CITIES),
    "bmes": ("a B-X\nb M-X\nc E-X\nd S-Y\n", [[("a b c", "X"), ("d", "Y")]]),
    "ends that follow one another": (
        "a B-X\nb E-X\nc E-X\nd L-X\n",
        [[("a b", "X"), ("c", "X"), ("d", "X")]],
    ),
    "mark and returns": ("\ufeffKessa B-LOC\r\n\r\nKessa B-LOC\r\n", [KESSA, KESSA]),
    "spaces within a token": ("10\u00a0000   O\nKessa  B-LOC", [KESSA]),
}


@pytest.mark.parametrize("name", CONLL_FILES)
def test_conll_files_of_every_scheme_are_read(tmp_path, name) -> None:
    content, found = CONLL_FILES[name]
    assert spans_in(tmp_path / "a.conll", content) == found


def test_the_text_of_a_comment_is_kept_and_one_that_does_not_fit_is_not(tmp_path) -> None:
    path = tmp_path / "a.conll"
    path.write_text(UNIVERSAL_NER)
    assert read(path, "conll")[0]["input"]["text"] == "Vitamin B-12 in Kessa."
    path.write_text(UNIVERSAL_NER.replace("text = Vitamin", "text = “Vitamin"))
    assert read(path, "conll")[0]["input"]["text"] == "Vitamin B-12 in Kessa ."
    path.write_text('# text = "Hello"\n"\tO\nHello\tO\n"\tO\n')
    assert read(path, "conll")[0]["input"]["text"] == '"Hello"'


def test_a_folder_of_conll_files_may_call_them_txt_and_dev_valid(tmp_path) -> None:
    for name in ("train", "valid", "test"):
        (tmp_path / f"{name}.txt").write_text("Kessa B-LOC\n")
    assert [row["split"] for row in read(tmp_path, "conll")] == ["train", "dev", "test"]


def squad(path: Path, *questions: dict[str, Any], context: str = "The bridge at Kessa is open.") -> Path:
    paragraph = {"context": context, "qas": list(questions)}
    document = {"version": "v2.0", "data": [{"title": "Kessa_bridge", "paragraphs": [paragraph]}]}
    path.write_text(json.dumps(document))
    return path


IMPOSSIBLE = {
    "id": "5a2",
    "question": "Who built it?",
    "answers": [],
    "plausible_answers": [{"text": "Kessa", "answer_start": 14}],
    "is_impossible": True,
}
ANSWERED = {
    "id": 42,
    "question": "Where?",
    "answers": [
        {"answer_id": 7, "document_id": 1, "text": "at Kessa", "answer_start": 11, "answer_category": None},
        {"text": "Kessa", "answer_start": 14},
    ],
    "is_impossible": False,
}


def test_questions_of_squad_and_of_annotation_tools_in_its_form_are_read(tmp_path) -> None:
    rows = read(squad(tmp_path / "a.json", ANSWERED, IMPOSSIBLE), "squad")
    assert [row["id"] for row in rows] == ["42", "5a2"]
    assert [row["value"]["answer"] for row in rows] == ["at Kessa", "The context does not say."]
    assert [each["text"] for each in rows[0]["answers"]] == ["at Kessa", "Kessa"]
    assert rows[0]["input"]["title"] == "Kessa_bridge"


def test_a_paragraph_that_does_not_answer_its_question_is_not_relevant(tmp_path) -> None:
    rows = read(squad(tmp_path / "a.json", ANSWERED, IMPOSSIBLE), "squad", "relevance")
    assert [row["value"]["grade"] for row in rows] == [3, 1]


def beir(folder: Path, corpus: list[Any], judged: str, queries: list[Any] | None = None) -> Path:
    (folder / "qrels").mkdir(parents=True)
    asked = queries or [{"_id": "PLAIN-1", "text": "Which?", "metadata": {"url": "http://a"}}]
    for name, rows in (("corpus", corpus), ("queries", asked)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "qrels" / "test.tsv").write_text(judged)
    return folder


def test_metadata_of_other_makers_is_not_taken_for_ours(tmp_path) -> None:
    metadata = {"date": "2020 Mar", "source": ["PMC"], "id": {}, "pubmed_id": "1"}
    corpus = [
        {"_id": "ug7", "title": None, "text": "One.", "metadata": metadata},
        {"_id": "2", "text": "Two."},
    ]
    asked = [{"_id": "1", "text": "Which?", "metadata": {"ug7": "a", "2": ["b"]}}]
    folder = beir(tmp_path / "a", corpus, "1\tug7\t2\r\n1\t2\t0.0\r\n", asked)
    rows = read(folder, "beir")
    assert [(row["id"], row["value"]["grade"]) for row in rows] == [("1.ug7", 2), ("1.2", 0)]
    assert not {"date", "source"} & set(rows[0])


@pytest.mark.parametrize("score", ["²", "1" * 5_000, "1.5", "yes", "", "nan"])
def test_a_score_that_is_no_whole_number_is_named(tmp_path, score) -> None:
    folder = beir(tmp_path / "a", [{"_id": "p", "text": "One."}], f"PLAIN-1\tp\t{score}\n")
    with pytest.raises(BadInput, match=r"qrels/test.tsv line 1: A judgement is question, passage"):
        read(folder, "beir")


def task(data: dict[str, Any], *annotations: Any, **more: Any) -> dict[str, Any]:
    """A task as Label Studio's JSON export writes it."""
    return {
        "id": 1,
        "data": data,
        "annotations": [
            {"id": 9, "completed_by": 3, "was_cancelled": False, "ground_truth": False, "lead_time": 4.2}
            | each
            for each in annotations
        ],
        "file_upload": "a.txt",
        "drafts": [],
        "predictions": [],
        "meta": {},
        "created_at": "2024-01-31T09:00:00.000000Z",
        **more,
    }


def result(kind: str, value: Any, name: str = "label") -> dict[str, Any]:
    return {
        "id": "Dx_aB91",
        "type": kind,
        "value": value,
        "origin": "manual",
        "to_name": "text",
        "from_name": name,
    }


def label(start: int, end: int, words: str | None, *names: str) -> dict[str, Any]:
    told = {"start": start, "end": end, "labels": list(names)}
    return result("labels", told if words is None else {**told, "text": words})


def of_label_studio(path: Path, kind: str, *tasks: Any) -> list[dict[str, Any]]:
    path.write_text(json.dumps(tasks))
    return read(path, "label-studio", kind)


def test_spans_of_label_studio_are_counted_as_browsers_count(tmp_path) -> None:
    text = "👨‍🚒 firemen drive firetrucks 📉 in Kessa\nnow"
    start = len(text[: text.index("firetrucks")].encode("utf-16-le")) // 2
    ours = text.index("Kessa")
    result_kinds = [
        label(start, start + 10, "firetrucks", "THING"),
        label(ours, ours + 5, "Kessa", "LOC"),
        label(start, start + 10, None, "NOUN"),
        label(ours + 3, ours + 12, "Kessa\\nnow", "LINE"),
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
        result("choices", {"start": 0, "end": 2, "choices": ["sure"]}, "how_sure"),
    ]
    (row,) = of_label_studio(tmp_path / "a", "spans", task({"text": text}, {"result": result_kinds}))
    found = {(text[s["start"] : s["end"]], s["label"]) for s in row["value"]["spans"]}
    assert found == {
        ("firetrucks", "THING"),
        ("Kessa", "LOC"),
        ("firetrucks", "NOUN"),
        ("Kessa\nnow", "LINE"),
    }


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (label(0, 3, "Kes", "LOC"), "The span “Kes” does not stand at 0 to 3"),
        (label(5, 5, "", "LOC"), "A span needs a start and an end"),
        (label(0, 900, None, "LOC"), "must lie inside the text"),
        (
            result("hypertextlabels", {"start": "/p[1]/text()[1]", "hypertextlabels": ["A"]}),
            "hypertextlabels",
        ),
        (result("labels", {"start": 0, "end": 3, "labels": "LOC"}), "“labels” must be a list of texts"),
        (result("labels", None), "There should be a JSON object here"),
    ],
)
def test_spans_that_cannot_be_placed_are_named(tmp_path, wrong, what) -> None:
    with pytest.raises(BadInput, match=what) as refused:
        of_label_studio(tmp_path / "a", "spans", task({"text": "At Kessa."}, {"result": [wrong]}))
    assert refused.value.where == "task 1, annotation 1"


def test_what_nobody_decided_in_label_studio_is_no_row(tmp_path) -> None:
    choice = result("choices", {"choices": ["memo"]})
    rows = of_label_studio(
        tmp_path / "a",
        "document_class",
        task({"text": "Cancelled."}, {"result": [choice], "was_cancelled": True}, {"result": {}}),
        task({"text": "Predicted."}, predictions=[{"result": [choice], "score": 0.9}]),
        task({"text": "Submitted without a choice."}, {"result": []}),
        task(
            {"body": "Chosen.", "number": 7}, {"result": [choice, result("rating", {"rating": 4}, "stars")]}
        ),
    )
    assert [(row["input"]["text"], row["value"]) for row in rows] == [("Chosen.", {"class": "memo"})]


def test_a_later_annotation_of_one_person_stands_and_nameless_ones_are_several_people(tmp_path) -> None:
    def said(name: str, who: Any, day: str) -> dict[str, Any]:
        results = [result("choices", {"choices": [name]})]
        return {"result": results, "completed_by": who, "updated_at": f"2024-01-{day}T09:00:00.000000Z"}

    again = task({"text": "One."}, said("memo", 3, "09"), said("order", 3, "07"))
    nameless = task(
        {"text": "Two."}, *(said("memo", None, "01") for _ in range(3)), said("order", None, "01")
    )
    first, second = of_label_studio(tmp_path / "a", "document_class", again, nameless)
    assert (first["value"], first["annotators"]) == ({"class": "memo"}, ["3"])
    assert (second["value"], second["annotators"]) == ({"class": "memo"}, [])
    assert second["agreement"] == 0.75


def test_the_meta_of_other_makers_is_not_taken_for_ours(tmp_path) -> None:
    given = task(
        {"text": "One."},
        {"result": [result("choices", {"choices": ["memo"]})]},
        meta={"id": ["x"], "source": {"a": 1}, "weight": 7},
    )
    (row,) = of_label_studio(tmp_path / "a", "document_class", given)
    assert not {"id", "source", "weight"} & set(row)


@pytest.mark.parametrize(
    ("kind", "data", "results", "value"),
    [
        (
            "relevance",
            {"question": "?", "passage": "p"},
            [result("choices", {"choices": ["2"]})],
            {"grade": 2},
        ),
        (
            "usefulness",
            {"question": "?", "answer": "a"},
            [result("choices", {"choices": ["True"]})],
            {"useful": True},
        ),
        (
            "claim_support",
            {"claim": "c"},
            [result("choices", {"choices": ["partly"]})],
            {"verdict": "partly", "steps": []},
        ),
        ("answer", {"question": "?"}, [result("textarea", {"text": ["a", "b"]})], {"answer": "a\nb"}),
        (
            "translation",
            {"text": "т"},
            [result("textarea", {"text": ["t"]}), result("rating", {"rating": 4})],
            {"text": "t", "quality": 4},
        ),
        (
            "preference",
            {"a": "1", "b": "2"},
            [result("pairwise", {"selected": "right"})],
            {"preferred": "b", "strength": 1, "why": ""},
        ),
    ],
)
def test_every_control_of_label_studio_gives_its_value(tmp_path, kind, data, results, value) -> None:
    (row,) = of_label_studio(tmp_path / "a", kind, task(data, {"result": results}))
    assert row["value"] == value


def test_conversations_of_training_libraries_are_read(tmp_path) -> None:
    system, user = {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Open?"}
    chosen, rejected = ({"role": "assistant", "content": each} for each in ("Yes.", "No."))
    path = tmp_path / "a.jsonl"
    lines = [
        {"prompt": [system, user], "chosen": [chosen], "rejected": [rejected]},
        {"prompt": "Open?", "chosen": [user, chosen], "rejected": [user, rejected], "agreement": "high"},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    first, second = read(path, "preferences")
    for row in (first, second):
        assert row["input"]["question"] == "Open?"
        assert row["input"][row["value"]["preferred"]] == "Yes."
    assert (first["input"]["context"], second["input"]["context"]) == (["Be brief."], [])
    assert "agreement" not in second
    path.write_text(json.dumps({"messages": [system, user, chosen], "answers": ["of another maker"]}) + "\n")
    (row,) = read(path, "sft")
    assert (row["input"]["context"], row["value"]) == (["Be brief."], {"answer": "Yes."})
    assert "answers" not in row
