"""What the check of statements lets through at which threshold, on statements that people judged.

Each goes through the whole check (`verify_claim`), rules and all: a threshold for the reader alone would be
far too high, because what the rules object to would be counted too.
"""

import csv
import json
import random
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from donovan.assistant.claims import split_draft
from donovan.assistant.judging import SUPPORTED as JUDGE_SUPPORTED
from donovan.assistant.spans import Span, cut, lead_of, sentence_before
from donovan.assistant.verify import verify_claim
from donovan.training.reader import mixture as mixtures
from donovan.training.reader.examples import SUPPORTED, UNSUPPORTED
from ingest.language import language_of
from retrieval.reader import Judgement, Reader

FITTED_ON = ("changes", "begin cmu-dog", "begin topicalchat")
"""The sets that the threshold is set on; the others are only reported."""
MOST = 250
CHANGES = frozenset({"true", "changed", "hedged"})
"""The sources of examples that are single changes of true sentences, and true ones beside them."""

Case = tuple[str, str, bool]
"""A statement, its evidence, and whether people found it supported."""


def judged_cases(data: Path, mixture: Path, most: int = MOST) -> dict[str, list[Case]]:
    """At most so many of each set, drawn with a fixed seed. "changes" are true sentences of which a single
    thing was changed, or nothing.
    """
    held = mixtures.read(mixture).judging_held
    sets: dict[str, list[Case]] = {
        "changes": [(o.statement, o.evidence, o.label == SUPPORTED) for o in held if o.source in CHANGES],
        "held out": [
            (o.statement, o.evidence, o.label == SUPPORTED) for o in held if o.source not in CHANGES
        ],
    }
    for part in ("cmu-dog", "topicalchat", "wow"):
        path = data / "verification" / "begin" / part / "dev.tsv"
        rows = csv.DictReader(path.open(), delimiter="\t", quoting=csv.QUOTE_NONE)
        sets[f"begin {part}"] = [
            (row["response"], row["knowledge"], row["begin_label"] == "Fully attributable") for row in rows
        ]
    sets["wice"] = [
        (row["claim"], "\n".join(row["evidence"]), row["label"] == "supported")
        for row in map(json.loads, (data / "verification" / "wice" / "dev.jsonl").read_text().splitlines())
    ]
    return {name: random.Random(1).sample(cases, min(most, len(cases))) for name, cases in sets.items()}  # noqa: S311


class _Recorder:
    """A judge that finds nothing supported and remembers the surest judgement."""

    name = "recorder"
    thresholds: Mapping[str, float] = {JUDGE_SUPPORTED: 2.0}

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.surest = 0.0

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        judgements = self._reader.judge(pairs)
        self.surest = max([self.surest, *(one.supported for one in judgements)])
        return judgements


def chance_of(statement: str, evidence: str, reader: Reader) -> float:
    """The lowest threshold of support at which the statement would not pass any more, of its sentences the
    one that falls first: 1 where it passes by its words alone, 0 where a rule objects.
    """
    cuts = list(cut(evidence))
    spans = [_span(evidence, cuts, number) for number in range(len(cuts))]
    lowest = 1.0
    sentences = split_draft(statement)
    for sentence in sentences:
        recorder = _Recorder(reader)
        if not verify_claim(sentence, spans, question="", judge=recorder).is_supported:
            lowest = min(lowest, recorder.surest)
    return lowest if sentences else 0.0


def _span(text: str, cuts: Sequence[tuple[int, int]], number: int) -> Span:
    start, end = cuts[number]
    return Span(
        document_id=uuid.UUID(int=0),
        passage_id=0,
        page=1,
        start=start,
        end=end,
        text=text[start:end],
        language=language_of(text[:400]) or "en",
        lead=lead_of(text, start),
        passage_text=text,
        before=sentence_before(text, cuts, number),
    )


def verdict_pairs(mixture: Path, most: int = 600) -> list[tuple[str, str, int]]:
    """(statement, evidence, label) of the held-out examples of which it is known whether the evidence bears
    the statement out, denies it or does not tell.
    """
    held = [one for one in mixtures.read(mixture).judging_held if one.label != UNSUPPORTED]
    return [(one.statement, one.evidence, one.label) for one in held[:most]]
