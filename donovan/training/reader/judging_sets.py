"""Public sets of statements with evidence as examples of judging. Each function takes the folder of raw files
and a source of chance; what it cannot find it leaves out.
"""

import csv
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from donovan.training.reader.corruptions import corrupted, hedged, names_in, with_source
from donovan.training.reader.examples import (
    CONTRADICTED,
    SUPPORTED,
    UNSUPPORTED,
    UNTOLD,
    JudgeExample,
    ReadExample,
    is_dense,
)
from donovan.training.reader.reading_sets import SETS as READING
from donovan.training.reader.reading_sets import plain

Judging = Callable[[Path, random.Random], Iterator[JudgeExample]]
_CLASSES = {
    "entailment": SUPPORTED, "contradiction": CONTRADICTED, "neutral": UNTOLD, "supports": SUPPORTED,
    "refutes": CONTRADICTED, "not_enough_info": UNTOLD, "entailed": SUPPORTED, "not-entailed": UNSUPPORTED,
}  # fmt: skip


def inference(  # noqa: PLR0917
    name: str, file: str, premise: str, hypothesis: str, label: str, delimiter: str = "\t"
) -> Judging:
    """A set of sentence pairs, one a line, under headings."""

    def read(folder: Path, _chance: random.Random) -> Iterator[JudgeExample]:
        with (folder / file).open(encoding="utf-8-sig") as stream:
            for row in csv.DictReader(
                stream, delimiter=delimiter, quoting=csv.QUOTE_NONE if delimiter == "\t" else 0
            ):
                found = _CLASSES.get((row.get(label) or "").casefold())
                if found is not None:
                    yield JudgeExample(name, row[hypothesis].strip('"'), row[premise].strip('"'), found)

    return read


def lines(name: str, file: str, premise: str, hypothesis: str, label: str) -> Judging:
    """A set of sentence pairs as JSON: one object a line, or one list."""

    def read(folder: Path, _chance: random.Random) -> Iterator[JudgeExample]:
        text = (folder / file).read_text()
        rows = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
        for row in rows:
            found = _CLASSES.get(str(row[label]).casefold())
            if found is not None:
                yield JudgeExample(name, plain(row[hypothesis]), plain(row[premise]), found)

    return read


def esnli(folder: Path, _chance: random.Random) -> Iterator[JudgeExample]:
    for part in ("dev", "test"):
        columns = [(folder / f"esnli-{c}.{part}").read_text().splitlines() for c in ("s1", "s2", "labels")]
        for premise, hypothesis, label in zip(*columns, strict=True):
            if label in _CLASSES:
                yield JudgeExample("esnli", hypothesis, premise, _CLASSES[label])


def climate(folder: Path, _chance: random.Random) -> Iterator[JudgeExample]:
    for line in (folder / "climate.jsonl").read_text().splitlines():
        row = json.loads(line)
        for evidence in row["evidences"]:
            text = f"{evidence['article']}. {evidence['evidence']}"
            yield JudgeExample("climate", row["claim"], text, _CLASSES[evidence["evidence_label"].casefold()])


def paraphrases(folder: Path, _chance: random.Random) -> Iterator[JudgeExample]:
    """Pairs of sentences of news: what is not the same is not supported."""
    for file in ("msr-train.tsv", "msr-test.tsv"):
        for line in (folder / file).read_text(encoding="utf-8-sig").splitlines()[1:]:
            same, _one, _two, first, second = line.split("\t")[:5]
            longer, shorter = sorted((first, second), key=len, reverse=True)
            yield JudgeExample("msr", shorter, longer, SUPPORTED if same == "1" else UNSUPPORTED)


def commitment(folder: Path, _chance: random.Random) -> Iterator[JudgeExample]:
    """How far a writer is committed to what stands under "believe", "say", "hope": mean of people's
    ratings.
    """
    for row in csv.DictReader((folder / "cb.csv").open()):
        mean = float(row["Mean"])
        found = (
            SUPPORTED if mean > 1.5 else CONTRADICTED if mean < -1.5 else UNTOLD if abs(mean) < 1 else None
        )
        if found is not None:
            yield JudgeExample("commitment", row["Prompt"], f"{row['Context']} {row['Target']}", found)


def unsupported_tokens(folder: Path, chance: random.Random) -> Iterator[JudgeExample]:
    """WiCE, training part: claims of which marked words are not supported. Without those words, where they
    stand at the end, the rest is.
    """
    for line in (folder / "wice-nst.jsonl").read_text().splitlines():
        row = json.loads(line)
        places = chance.choice(row["supporting_sentences"])
        evidence = " ".join(row["evidence"][i] for i in places if i < len(row["evidence"]))[:1200]
        yield JudgeExample("wice", row["claim"], evidence, UNSUPPORTED)


def dialogue_audit(folder: Path, _chance: random.Random) -> Iterator[JudgeExample]:
    """People's answers to a piece of knowledge, judged by people (the audit of FaithDial)."""
    labels = {"Entailment": SUPPORTED, "Hallucination": UNSUPPORTED, "Partial Hallucination": UNSUPPORTED}
    labels |= {"Generic": UNSUPPORTED, "generic": UNSUPPORTED, "Uncooperative": UNSUPPORTED}
    for file in ("fd-tc.csv", "fd-cmu.csv"):
        for row in csv.DictReader((folder / file).open()):
            if row["BEGIN"] in labels:
                yield JudgeExample(
                    "audit", plain(row["response"]), plain(row["evidence"])[:1200], labels[row["BEGIN"]]
                )


def sentences_of(folder: Path, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """(language, sentence, text around it) out of the texts of several sets."""
    rows = [line.split("\t", 1)[1] for line in (folder / "qamr-sent.tsv").read_text().splitlines()]
    for index, row in enumerate(rows):
        sentence = plain(row)
        near = plain(rows[(index + 7) % len(rows)])
        yield "en", sentence, f"{sentence} {near}" if chance.random() < 0.5 else f"{near} {sentence}"
    for name, language in (
        ("drcd", "zh"),
        ("cmrc", "zh"),
        ("arcd", "ar"),
        ("faquad", "pt"),
        ("selqa", "en"),
        ("covidqa", "en"),
    ):
        for example in READING[name](folder, chance):
            begin, end = chance.choice(example.spans)
            if 20 <= end - begin <= 300:
                yield language, example.text[begin:end], example.text
    for language, path in _parallel(folder).items():
        for sentence in path:
            yield language, sentence, sentence


def _parallel(folder: Path) -> dict[str, Sequence[str]]:
    """The first half of the lines of NTREX; the other half is kept for measuring."""
    names = {"en": "eng", "es": "spa", "fr": "fra", "ru": "rus", "ar": "arb", "zh": "zho-CN", "uk": "ukr"}
    found: dict[str, Sequence[str]] = {}
    for language, name in names.items():
        path = folder / "translation" / f"{name}.txt"
        if path.exists():
            rows = path.read_text().splitlines()
            found[language] = rows[: len(rows) // 2]
    return found


def single_changes(folder: Path, chance: random.Random) -> Iterator[JudgeExample]:
    """True sentences, whole or shortened, and the same with one thing changed or told by somebody."""
    told = list(sentences_of(folder, chance))
    names: dict[str, list[str]] = {}
    for language in {row[0] for row in told}:
        names[language] = names_in([row[1] for row in told if row[0] == language][:3000]) or ["Petersen"]
    for language, sentence, around in told:
        if not 20 <= len(sentence) <= 400:
            continue
        draw = chance.random()
        if draw < 0.3:
            yield JudgeExample("true", shortened(sentence, chance), around, SUPPORTED)
        elif draw < 0.8:
            changed = corrupted(sentence, language, names[language], chance)
            if changed:
                yield JudgeExample("changed", changed[0], around, changed[1])
        elif language == "en" and draw < 0.92:
            statement, evidence, label = hedged(sentence, chance)
            yield JudgeExample("hedged", statement, evidence, label)
            said = with_source(sentence, chance)
            yield JudgeExample("hedged", said, said, SUPPORTED)
        else:
            other = chance.choice(told)
            yield JudgeExample("other", sentence, other[2], UNTOLD)


def shortened(sentence: str, chance: random.Random) -> str:
    """The sentence, or the part of it before a clause that only adds to it."""
    cuts = [
        m.start()
        for m in re.finditer(r", (?:which|who|where|although|while|and|but|donde|который|où|que) ", sentence)
    ]
    cuts = [at for at in cuts if at > 30]
    return sentence[: chance.choice(cuts)] + "." if cuts and chance.random() < 0.7 else sentence


def across_languages(folder: Path, chance: random.Random) -> Iterator[JudgeExample]:
    """A statement in one language against its translation, or against another line or a changed one."""
    rows = _parallel(folder)
    languages = sorted(rows)
    names = {language: names_in(lines) or ["Petersen"] for language, lines in rows.items()}
    for number in range(len(next(iter(rows.values()), []))):
        for _time in range(3):
            one, other = chance.sample(languages, 2)
            statement, evidence = rows[one][number], rows[other][number]
            draw = chance.random()
            if draw < 0.5:
                yield JudgeExample("across", statement, evidence, SUPPORTED)
            elif draw < 0.85:
                changed = corrupted(statement, one, names[one], chance)
                if changed:
                    yield JudgeExample("across", changed[0], evidence, changed[1])
            else:
                yield JudgeExample("across", statement, rows[other][number - 1], UNTOLD)


def questions_with_answers(folder: Path, chance: random.Random) -> Iterator[JudgeExample]:
    """A question with its answer as a statement, and with something else of the same text in its place."""
    for name in ("drcd", "cmrc", "arcd", "faquad", "covidqa", "multispan"):
        for example in READING[name](folder, chance):
            yield from _with_answer(example, chance)


def _with_answer(example: ReadExample, chance: random.Random) -> Iterator[JudgeExample]:
    if not example.answers:
        return
    begin, end = example.answers[0]
    answer = example.text[begin:end]
    if len(answer) > 120:
        return
    space = "" if is_dense(example.text) else " "
    if chance.random() < 0.5:
        yield JudgeExample("answered", f"{example.question}{space}{answer}", example.text, SUPPORTED)
        return
    start = chance.randrange(max(1, len(example.text) - len(answer)))
    other = example.text[start : start + len(answer) + 4].strip()
    if space:
        other = " ".join(other.split(" ")[1:]) or other
    if other and answer not in other and other not in answer:
        yield JudgeExample("answered", f"{example.question}{space}{other}", example.text, UNSUPPORTED)


SETS: dict[str, Judging] = {
    "conjnli": inference("conjnli", "conj15k.tsv", "Premise", "Hypothesis", "Label"),
    "med": inference("med", "med.tsv", "sentence1", "sentence2", "gold_label"),
    "monli": lines("monli", "pmonli.jsonl", "sentence1", "sentence2", "gold_label"),
    "monli-negated": lines("monli", "nmonli.jsonl", "sentence1", "sentence2", "gold_label"),
    "fever-symmetric": lines("fever", "fs-test.jsonl", "evidence", "claim", "label"),
    "fever-symmetric-dev": lines("fever", "fs-dev.jsonl", "evidence", "claim", "label"),
    "megaveridicality": lines("megaveridicality", "megaver.json", "context", "hypothesis", "label"),
    "factuality": lines("factuality", "fact.json", "context", "hypothesis", "label"),
    "esnli": esnli,
    "climate": climate,
    "msr": paraphrases,
    "commitment": commitment,
    "wice": unsupported_tokens,
    "audit": dialogue_audit,
    "changes": single_changes,
    "across": across_languages,
    "answered": questions_with_answers,
}
