"""Public sets of questions as examples of reading. Each function takes the folder of raw files, as README.md
names them, and a source of chance; what it cannot find it leaves out.
"""

import csv
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from donovan.training.reader.examples import ReadExample, joined, windows_about

Reading = Callable[[Path, random.Random], Iterator[ReadExample]]

_TREEBANK = (("-LRB-", "("), ("-RRB-", ")"), ("-lrb-", "("), ("-rrb-", ")"), ("``", '"'), ("''", '"'))


def plain(tokens: str) -> str:
    """Words with the white space of a treebank as a person writes them."""
    for mark, sign in _TREEBANK:
        tokens = tokens.replace(mark, sign)
    tokens = re.sub(r"\s+([.,;:!?%)\]])", r"\1", tokens)
    tokens = re.sub(r"([(\[$])\s+", r"\1", tokens)
    return re.sub(r"\s+(n't|'s|'re|'ve|'ll|'d|'m)\b", r"\1", tokens).replace(" - ", "-").strip()


def squad_like(name: str, *files: str, with_other: float = 0.35) -> Reading:
    """A set in the layout of SQuAD."""

    def read(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
        for file in files:
            path = folder / file
            if not path.exists():
                continue
            for article in json.loads(path.read_text())["data"]:
                title = str(article.get("title", "")).replace("_", " ")
                for paragraph in article["paragraphs"]:
                    yield from _of_paragraph(name, title, paragraph, chance, with_other)

    return read


def _of_paragraph(
    name: str, title: str, paragraph: dict[str, Any], chance: random.Random, with_other: float
) -> Iterator[ReadExample]:
    text = paragraph["context"]
    for item in paragraph["qas"]:
        answers = [
            (int(a["answer_start"]), int(a["answer_start"]) + len(a["text"]))
            for a in item["answers"]
            if a["text"] and text[int(a["answer_start"]) :].startswith(a["text"])
        ][:1]
        if not answers and not item.get("is_impossible"):
            continue
        for window in windows_about(text, answers, chance, with_other=with_other if answers else 1.0):
            yield ReadExample(name, item["question"].strip(), title, *window)


def qamr(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
    """Question-Answer Meaning Representation: questions about one sentence; three others stand around it,
    those of forty that share most words with the question.
    """
    sentences = dict(
        line.rstrip("\n").split("\t", 1) for line in (folder / "qamr-sent.tsv").read_text().splitlines()
    )
    keys = sorted(sentences)
    bags = {key: frozenset(_words(sentences[key])) for key in keys}
    seen: set[tuple[str, str]] = set()
    for file in ("qamr-dev.tsv", "qamr-test.tsv"):
        for row in csv.reader((folder / file).open(), delimiter="\t", quoting=csv.QUOTE_NONE):
            key, question, given, checks = row[0], row[5], row[6], row[7:9]
            if key not in sentences or any(":Invalid" in c or "Redundant" in c for c in checks):
                continue
            asked = frozenset(_words(question))
            if len(asked) < 3 or (key, question) in seen:
                continue
            seen.add((key, question))
            others = sorted(chance.sample(keys, 40), key=lambda k: -len(bags[k] & (asked | bags[key])))
            around = [k for k in others if k != key][: chance.randint(2, 4)]
            order = [key, *around]
            chance.shuffle(order)
            if chance.random() < 0.2:
                order.remove(key)
            text, places = joined(plain(sentences[k]) for k in order)
            yield ReadExample("qamr", question, "", text, places, tuple(k == key for k in order))
            del given


def selqa(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
    """SelQA: questions in words of their own about the sentences of an encyclopaedia's sections."""
    for file in ("selqa-test.json", "selqa-dev.json"):
        for item in json.loads((folder / file).read_text()):
            candidates, right = item["candidates"], set(item["answers"])
            begin = 0
            if len(candidates) > 8 and right:
                begin = max(0, min(right) - chance.randint(0, 6))
            kept = list(range(begin, min(len(candidates), begin + 8)))
            text, places = joined(candidates[i] for i in kept)
            yield ReadExample(
                "selqa", item["question"], f"{item['article']}. {item['section']}", text, places,
                tuple(i in right for i in kept),
            )  # fmt: skip


def multispan(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
    """MultiSpanQA: answers that are several places of a text."""
    for item in json.loads((folder / "msqa.json").read_text())["data"]:
        text, places = joined(item["context"])
        answers: list[tuple[int, int]] = []
        for (begin, end), label in zip(places, item["label"], strict=True):
            if label == "B":
                answers.append((begin, end))
            elif label == "I" and answers:
                answers[-1] = (answers[-1][0], end)
        for window in windows_about(text, answers, chance, with_other=0.3):
            yield ReadExample("multispan", " ".join(item["question"]) + "?", "", *window)


def subjqa(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
    """SubjQA: questions about goods and places, answered or not by a review."""
    seen: set[tuple[str, str]] = set()
    for path in sorted(folder.glob("subjqa-*.csv")):
        for row in csv.DictReader(path.open()):
            review = row["review"].removesuffix("ANSWERNOTFOUND").rstrip()
            if (row["question"], row["review_id"]) in seen:
                continue
            seen.add((row["question"], row["review_id"]))
            answers = []
            if row["human_ans_spans"] != "ANSWERNOTFOUND":
                begin, end = (int(part) for part in row["human_ans_indices"].strip("()").split(","))
                answers = [(begin, min(end, len(review)))]
            elif chance.random() < 0.5:
                continue
            for window in windows_about(review, answers, chance, with_other=0.2 if answers else 1.0):
                yield ReadExample("subjqa", row["question"].strip(), "", *window)


def sentences_of_articles(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
    """The questions of Du et al. (2017) on sentences of the training articles of SQuAD: each sentence stands
    among those that the file has around it.
    """
    sources = [plain(line) for line in (folder / "nqg-src.txt").read_text().splitlines()]
    questions = [plain(line) for line in (folder / "nqg-tgt.txt").read_text().splitlines()]
    for index in range(0, len(sources), 2):
        near: list[str] = []
        for other in range(max(0, index - 12), min(len(sources), index + 12)):
            if sources[other] not in near:
                near.append(sources[other])
        at = near.index(sources[index])
        begin = max(0, at - chance.randint(0, 4))
        kept = near[begin : begin + 5]
        if sources[index] not in kept:
            continue
        text, places = joined(kept)
        labels = tuple(sentence == sources[index] for sentence in kept)
        yield ReadExample("nqg", questions[index], "", text, places, labels)


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3]


SETS: dict[str, Reading] = {
    "cmrc": squad_like("cmrc", "cmrc-dev.json", "cmrc-trial.json"),
    "drcd": squad_like("drcd", "drcd-dev.json", "drcd-test.json", with_other=0.2),
    "arcd": squad_like("arcd", "arcd.json"),
    "faquad": squad_like("faquad", "faquad.json"),
    "persianqa": squad_like("persianqa", "pqa.json"),
    "covidqa": squad_like("covidqa", "covid.json", with_other=1.0),
    "qamr": qamr,
    "selqa": selqa,
    "multispan": multispan,
    "subjqa": subjqa,
    "nqg": sentences_of_articles,
}
