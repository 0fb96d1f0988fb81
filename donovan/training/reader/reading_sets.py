"""Public sets of questions as examples of reading. Each function takes the folder of raw files, as README.md
names them, and a source of chance; what it cannot find it leaves out.
"""

import csv
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from donovan.assistant.spans import cut
from donovan.assistant.words import STOP_WORDS
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


def clapnq(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
    """CLAPNQ: questions typed into a search engine, the sentences of a passage that a full answer rests on,
    and passages that do not answer.
    """
    for file in ("clapnq-answerable.jsonl", "clapnq-unanswerable.jsonl"):
        for line in (folder / file).read_text().splitlines():
            row = json.loads(line)
            passage = row["passages"][0]
            right = {s.strip() for o in row["output"] for s in o.get("selected_sentences") or ()}
            text, places = joined(plain(sentence) for sentence in passage["sentences"])
            told = zip(places, passage["sentences"], strict=True)
            answers = [place for place, sentence in told if sentence.strip() in right]
            if bool(answers) != (file == "clapnq-answerable.jsonl"):
                continue
            for window in windows_about(text, answers, chance, with_other=0.3 if answers else 1.0):
                yield ReadExample("clapnq", row["input"], plain(passage["title"]), *window)


def qed(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
    """QED: questions typed into a search engine, with the one sentence of a paragraph that answers."""
    for line in (folder / "qed.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["annotation"]["explanation_type"] != "single_sentence":
            continue
        paragraph, starts = row["paragraph_text"], row["sentence_starts"]
        ends = [*starts[1:], len(paragraph)]
        text, places = joined(plain(paragraph[a:b].strip()) for a, b in zip(starts, ends, strict=True))
        right = row["annotation"]["selected_sentence"]["start"]
        answers = [place for place, start in zip(places, starts, strict=True) if start == right]
        for window in windows_about(text, answers, chance, with_other=0.35):
            yield ReadExample("qed", row["question_text"], plain(row["title_text"]), *window)


def pubmedqa(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
    """PubMedQA: the question of a study's title, answered by its conclusion. What the abstract says before
    it stands before or after it.
    """
    for row in json.loads((folder / "pubmedqa.json").read_text()).values():
        conclusion, parts = row["LONG_ANSWER"], "\n\n".join(row["CONTEXTS"])
        is_first = chance.random() < 0.4
        text = f"{conclusion}\n\n{parts}" if is_first else f"{parts}\n\n{conclusion}"
        begin = 0 if is_first else len(text) - len(conclusion)
        for window in windows_about(text, [(begin, begin + len(conclusion))], chance, with_other=0.3):
            yield ReadExample("pubmedqa", row["QUESTION"], "", *window)


def fairytales(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
    """FairytaleQA, training part: what teachers ask about a story, in words of their own. The sentence that
    answers is found by the answer.
    """
    for path in _some((folder / "fairytale").glob("*-questions.csv"), folder / "fairytale"):
        story = path.with_name(path.name.replace("-questions.csv", "-story.csv"))
        sections = [" ".join(row["text"].split()) for row in csv.DictReader(story.open())]
        title = path.name.removesuffix("-questions.csv").replace("-", " ")
        for row in csv.DictReader(path.open()):
            numbers = [int(part) - 1 for part in re.findall(r"\d+", row["cor_section"])]
            if not numbers or numbers[-1] >= len(sections):
                continue
            near = range(max(0, numbers[0] - 1), min(len(sections), numbers[0] + 2))
            text, places = joined(sections[number] for number in near)
            begin, end = places[near.index(numbers[0])]
            given = [row[f"answer{n}"] for n in range(1, 4) if row[f"answer{n}"]]
            answers = _sentences_answering(text, (begin, end), row["question"], given)
            if answers:
                for window in windows_about(text, answers, chance, with_other=0.3):
                    yield ReadExample("fairytales", row["question"].strip(), title, *window)


def _sentences_answering(
    text: str, within: tuple[int, int], question: str, given: Iterable[str]
) -> list[tuple[int, int]]:
    """The sentence of a stretch that holds an answer word for word, or else most of its words; of several
    the one that shares most words with the question. Nothing where that does not tell one from the others.
    """
    cuts = [place for place in cut(text) if within[0] <= place[0] and place[1] <= within[1]]
    asked = _stems(question)
    for answer in given:
        flat, stems = _flat(answer), _stems(answer) - asked
        if not stems or len(flat) < 5:
            continue
        holding = [place for place in cuts if flat in _flat(text[place[0] : place[1]])]
        if not holding and len(stems) > 1:
            shared = {place: len(stems & _stems(text[place[0] : place[1]])) for place in cuts}
            most = max(shared.values(), default=0)
            holding = [p for p, n in shared.items() if n == most and most >= max(2.0, 0.6 * len(stems))]
        near = {place: len(asked & _stems(text[place[0] : place[1]])) for place in holding}
        best = [place for place, count in near.items() if count == max(near.values())]
        if len(best) == 1:
            return best
    return []


def meetings(folder: Path, chance: random.Random) -> Iterator[ReadExample]:
    """QMSum, training part: what is asked about a meeting, and the turns that bear on it. Of these turns the
    sentences are right that share words with the written answer.
    """
    for path in _some((folder / "qmsum").glob("*.json"), folder / "qmsum"):
        row = json.loads(path.read_text())
        turns = [
            f"{turn['speaker']}: {' '.join(plain(re.sub(r'[{][^}]*[}]', '', turn['content'])).split())}"
            for turn in row["meeting_transcripts"]
        ]
        roles = {stem for turn in row["meeting_transcripts"] for stem in _stems(turn["speaker"])}
        for item in row["specific_query_list"]:
            bearing = {n for a, b in item["relevant_text_span"] for n in range(int(a), int(b) + 1)}
            stems = _stems(item["answer"]) - roles
            if not 0 < len(bearing) <= 80:
                continue
            ranked = sorted(
                (n for n in sorted(bearing) if n < len(turns)), key=lambda n: -len(stems & _stems(turns[n]))
            )
            for centre in ranked[:1] + ranked[2:3]:
                near = range(max(0, centre - 8), min(len(turns), centre + 9))
                yield from _of_meeting(item["query"], turns, near, bearing, stems, chance)
            elsewhere = [n for n in range(len(turns)) if not bearing & set(range(n - 12, n + 12))]
            if elsewhere and chance.random() < 0.5:
                start = chance.choice(elsewhere)
                near = range(start, min(len(turns), start + 8))
                yield from _of_meeting(item["query"], turns, near, set(), set(), chance)


def _of_meeting(  # noqa: PLR0917
    question: str, turns: list[str], near: range, bearing: set[int], stems: set[str], chance: random.Random
) -> Iterator[ReadExample]:
    text, places = "", []
    for number in near:
        places.append((len(text), len(text) + len(turns[number])))
        text += turns[number] + "\n\n"
    ours = [place for place, number in zip(places, near, strict=True) if number in bearing]
    answers = [
        (begin, end)
        for begin, end in cut(text)
        if any(a <= begin and end <= b for a, b in ours)
        and len(stems & _stems(text[begin:end])) > 1
        and text.count(" ", begin, end) > 6
    ]
    if answers or not bearing:
        for window in windows_about(text, answers, chance, with_other=0.0 if bearing else 1.0):
            yield ReadExample("meetings", question.strip(), "", *window)


def _some(paths: Iterable[Path], folder: Path) -> list[Path]:
    """Files in order; where there are none the folder is missing."""
    found = sorted(paths)
    if not found:
        raise FileNotFoundError(2, "no such files", str(folder))
    return found


def _flat(text: str) -> str:
    return " " + " ".join(re.findall(r"[^\W_]+", text.casefold())) + " "


def _stems(text: str) -> set[str]:
    """Beginnings of the words that carry meaning."""
    words = re.findall(r"[^\W_]{3,}", text.casefold())
    return {word[:5] for word in words if word not in STOP_WORDS["en"]}


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
    "clapnq": clapnq,
    "qed": qed,
    "pubmedqa": pubmedqa,
    "fairytales": fairytales,
    "meetings": meetings,
}
