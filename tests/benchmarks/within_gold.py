"""Reading PolicyQA and TAT-QA, and judging what is shown by their gold. Knows nothing of the product."""

import html
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from donovan.evaluation.answer_metrics import holds, plain
from donovan.evaluation.must import says

ARITHMETIC: Final = "arithmetic"
COUNT: Final = "count"
_NUMBER = re.compile(r"(?<![\w.,])[(−-]?\s?\d[\d,]*(?:\.\d+)?")
_SMALL_NUMBERS: Final = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


@dataclass(frozen=True)
class Within:
    """A question asked within the document `document`. `gold` are texts: one of them is enough for PolicyQA,
    all are needed for TAT-QA. `kind` and `place` are those of TAT-QA.
    """

    question: str
    gold: tuple[str, ...]
    document: str
    kind: str = ""
    place: str = ""


@dataclass
class Counts:
    """How many were asked, right, in the nearest evidence only, and answered wrongly."""

    n: int = 0
    right: int = 0
    nearest: int = 0
    wrong: int = 0

    def add(self, *, is_right: bool, is_near: bool, is_answered: bool) -> None:
        self.n += 1
        self.right += is_right
        self.nearest += is_near and not is_right
        self.wrong += is_answered and not is_right

    def as_json(self) -> dict[str, int]:
        return {"n": self.n, "right": self.right, "nearest": self.nearest, "wrong": self.wrong}


def policies(path: Path) -> tuple[list[tuple[str, str, str]], list[Within]]:
    """The policies as (name, title, text), and the questions within each."""
    documents, asked = [], []
    for number, policy in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        name = f"policy-{number:02}"
        paragraphs = policy["paragraphs"]
        text = "\n\n".join(" ".join(paragraph["context"].split()) for paragraph in paragraphs)
        documents.append((name, f"Privacy policy of {policy['title']}", text))
        asked += [
            Within(qa["question"], tuple(dict.fromkeys(answer["text"] for answer in qa["answers"])), name)
            for paragraph in paragraphs
            for qa in paragraph["qas"]
        ]
    return documents, asked


def contexts(path: Path) -> list[tuple[str, str, list[Within]]]:
    """Each context as (name, a page of HTML, the questions within it)."""
    found = []
    for number, context in enumerate(json.loads(path.read_text(encoding="utf-8"))):
        name = f"context-{number:03}"
        asked = [
            Within(qa["question"], gold_texts(qa["answer"]), name, qa["answer_type"], qa["answer_from"])
            for qa in context["questions"]
        ]
        found.append((name, as_html(name, context), asked))
    return found


def gold_texts(answer: Any) -> tuple[str, ...]:
    """The texts of an answer of TAT-QA, which is a list of texts or one number."""
    return tuple(map(str, answer)) if isinstance(answer, list) else (str(answer),)


def as_html(title: str, context: dict[str, Any]) -> str:
    """The table of a context and then its paragraphs, as one page."""
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in context["table"]["table"]
    )
    paragraphs = "\n".join(
        f"<p>{html.escape(paragraph['text'])}</p>"
        for paragraph in sorted(context["paragraphs"], key=lambda paragraph: paragraph["order"])
    )
    return (
        f"<html><head><title>{html.escape(title)}</title></head><body>\n"
        f"<table>\n{rows}\n</table>\n{paragraphs}\n</body></html>\n"
    )


def is_right_within(item: Within, shown: str) -> bool:
    """Whether what is shown is the answer of TAT-QA."""
    if not shown:
        return False
    if item.kind == ARITHMETIC:
        return any(_is_number(number, item.gold[0]) for number in _NUMBER.findall(shown))
    if item.kind == COUNT:
        return any(says(shown, number) for number in _ways_to_say(item.gold[0]))
    return all(holds(shown, gold) for gold in item.gold)


def words_in_common(shown: str, golds: Sequence[str]) -> float:
    """The best F1 of words with one of the golds, as of SQuAD."""
    return max((_f1(plain(shown).split(), plain(gold).split()) for gold in golds), default=0.0)


def lies_together(quote: str, golds: Sequence[str]) -> bool:
    """Whether the quotation holds one of the golds or lies within one."""
    return any(holds(quote, gold) or holds(gold, quote) for gold in golds)


def _f1(said: list[str], wanted: list[str]) -> float:
    common = sum((Counter(said) & Counter(wanted)).values())
    return 2 * common / (len(said) + len(wanted)) if common else 0.0


def _is_number(said: str, gold: str) -> bool:
    """Whether two numbers are the same to the two places that the gold is rounded to, whichever way the sign
    is written.
    """
    try:
        wanted = float(gold.replace(",", ""))
    except ValueError:
        return False
    is_negative = said[0] in "(−-"
    value = float(said.strip("(−- ").replace(",", ""))
    return abs((-value if is_negative else value) - wanted) <= 0.005 + 1e-9 or (
        # "a decrease of 12.6" is the number -12.6 in words.
        wanted < 0 and not is_negative and abs(value + wanted) <= 0.005 + 1e-9
    )


def _ways_to_say(number: str) -> tuple[str, ...]:
    is_small = number.isdigit() and int(number) < len(_SMALL_NUMBERS)
    return (number, _SMALL_NUMBERS[int(number)]) if is_small else (number,)
