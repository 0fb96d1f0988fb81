"""From a state of the training of the tagger to the folder that is shipped (`manage.py calibrate_tagger`).

Everything is set on the part that was held out, with the very weights that are shipped:

chances      the lowest chance of a name's tags becomes the chance that both its ends and its kind are right
             (Platt scaling, a logistic regression for each kind)
thresholds   from which chance on a name of a kind is told: the highest at which F1 over the held part is as
             good as the best
sure         how sure a rule must be to stand where the tagger saw something else: where F1 of rules and
             tagger together is highest, of what does not make the learned half of re3d worse

Then the figures of all sets, of the rules alone and of both together, go to figures.json in the work folder.
"""

import hashlib
import importlib
import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from donovan.evaluation.entities_suite import (
    LEAST_CONFIDENCE,
    GoldSet,
    Span,
    read_gold,
    run_entities_suite,
    scores,
)
from donovan.insight.entities.extraction import PageText, extract
from donovan.insight.entities.gazetteers.places import ensure_index
from donovan.insight.entities.kinds import Level
from donovan.insight.entities.recognisers import default_recognisers
from donovan.insight.entities.recognisers.people import without_title
from donovan.insight.entities.recognisers.tagger import TaggerRecogniser
from donovan.insight.entities.recognition import Found, Recogniser, extent_start, find_all
from donovan.training.names.sets import KINDS, Marked, from_iob, gather, is_learned_from, joined, objects
from retrieval.model_folders import MANIFEST, read_model
from retrieval.tagger import DESCRIPTION, WEIGHTS, LocalTagger
from retrieval.tagger_network import calibrated
from retrieval.tagger_types import TaggedName

NAME = "tagger"
CARD = "card.txt"
SURE = (0.0, 0.7, 0.75, 0.8, 0.84, 0.86, 0.88, 0.9, 0.92, 0.95)
"""No more is asked: a title before a name and a field of a form are certain, and prose has none of them."""
AS_GOOD = 0.003
"""What less in F1 is as good."""
LEAST = tuple(round(0.02 * step, 2) for step in range(5, 46))
NOT_LEARNED_FROM = {
    "ewt, test": "en_ewt-ud-test.iob2",
    "en, pud": "en_pud-ud-test.iob2",
    "ru, pud": "ru_pud-ud-test.iob2",
    "croatian, test": "hr_set-ud-test.iob2",
    "portuguese, test": "pt_bosque-ud-test.iob2",
    "politics, test": "politics-test.txt",
    "wikigold": "wikigold.conll",
}
Names = set[tuple[int, int, str]]
Tell = Callable[[str], None]


def write(out: Path, state: Path, description: Mapping[str, Any], card: str) -> None:
    """The folder: weights in half precision, the description, the card, the manifest."""
    torch_files = importlib.import_module("safetensors.torch")
    out.mkdir(parents=True, exist_ok=True)
    kept = torch_files.load_file(str(state))
    weights = {name: value.half() for name, value in kept.items() if not name.startswith("state.")}
    torch_files.save_file(weights, str(out / WEIGHTS))
    (out / DESCRIPTION).write_text(json.dumps(description, indent=1, sort_keys=True) + "\n")
    (out / CARD).write_text(card)
    files = {f: hashlib.sha256((out / f).read_bytes()).hexdigest() for f in (WEIGHTS, DESCRIPTION, CARD)}
    said = {"facts": {"languages": ["*"]}, "files": files, "name": NAME, "role": NAME}
    (out / MANIFEST).write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")


def f1(pairs: Iterable[tuple[Names, Names]], kind: str) -> float:
    """F1 of (ours, gold) over texts, both ends and the kind exact."""
    right = told = gold = 0
    for ours, truth in pairs:
        one, other = {n for n in ours if n[2] == kind}, {n for n in truth if n[2] == kind}
        right, told, gold = right + len(one & other), told + len(one), gold + len(other)
    return 2 * right / max(1, told + gold)


def chances_of(raw: Sequence[tuple[Sequence[TaggedName], Marked]]) -> dict[str, tuple[float, float]]:
    """Slope and bias of each kind."""
    fitted = {}
    for kind in KINDS:
        rows = [
            (np.log(held / (1 - held)), (name.start, name.end, name.kind) in set(example.names))
            for names, example in raw
            for name in names
            if name.kind == kind and (held := min(max(name.chance, 1e-6), 1 - 1e-6))
        ]
        model = LogisticRegression().fit(np.array([[row[0]] for row in rows]), [row[1] for row in rows])
        fitted[kind] = (round(float(model.coef_[0][0]), 4), round(float(model.intercept_[0]), 4))
    return fitted


def thresholds_of(
    raw: Sequence[tuple[Sequence[TaggedName], Marked]], scale: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """The threshold of each kind."""

    def at(kind: str, least: float) -> float:
        return f1(
            (
                (
                    {(n.start, n.end, kind) for n in names
                     if n.kind == kind and calibrated(n.chance, *scale[kind]) >= least},
                    set(example.names),
                )
                for names, example in raw
            ),
            kind,
        )  # fmt: skip

    found = {}
    for kind in KINDS:
        reached = {least: at(kind, least) for least in LEAST}
        best = max(reached.values())
        found[kind] = max(least for least, value in reached.items() if value >= best - AS_GOOD)
    return found


def bare(text: str, found: Iterable[Found]) -> Names:
    """Mentions as the sets mark them: names of the three kinds, people without titles."""
    names = set()
    for one in found:
        if one.kind in KINDS and one.level == Level.NAMED:
            name = text[one.start : one.end]
            start = one.end - len(without_title(name)) if one.kind == "person" else one.start
            names.add((start, one.end, str(one.kind)))
    return names


def sure_of(tagger: LocalTagger, held: Sequence[Marked], reports: GoldSet) -> dict[str, float]:
    """How sure a rule must be, for each kind: where F1 over the held part is highest, of what does not make
    the learned half of re3d worse than the rules alone; such reports are what they were written for.
    """

    def read(text: str) -> tuple[str, list[Found], list[Found]]:
        return text, find_all(default_recognisers(), text, ""), TaggerRecogniser(tagger).find(text, "")

    prose = [(read(one.text), set(one.names)) for one in held]
    field = {key: read(text) for key, text in reports.texts.items()}
    gold = {span for span, confidence in reports.gold.items() if confidence >= LEAST_CONFIDENCE}

    def of_reports(kind: str, found: Iterable[tuple[str, str, Iterable[Found]]]) -> float:
        ours = {
            Span(key, start, one.end, kind, text[start : one.end])
            for key, text, mentions in found
            for one in mentions
            if one.kind == kind and (start := extent_start(text, one)) >= 0
        }
        return float(scores(ours, {span for span in gold if span.kind == kind})["micro"]["f1"])

    def at(kind: str, sure: float) -> tuple[float, float]:
        tagger.sure = dict.fromkeys(KINDS, sure)
        both = TaggerRecogniser(tagger)
        of_prose = f1(((bare(t, both.weighed(rules, own)), names) for (t, rules, own), names in prose), kind)
        found = ((key, text, both.weighed(rules, own)) for key, (text, rules, own) in field.items())
        return of_prose, of_reports(kind, found)

    chosen = {}
    for kind in KINDS:
        alone = of_reports(kind, ((key, text, rules) for key, (text, rules, _own) in field.items()))
        reached = {sure: at(kind, sure) for sure in SURE}
        kept = {sure: one for sure, one in reached.items() if one[1] >= alone} or {0.0: reached[0.0]}
        chosen[kind] = max(kept, key=lambda sure, kept=kept: kept[sure])  # type: ignore[misc]
    return chosen


def told(recognisers: Sequence[Recogniser], examples: Sequence[Marked]) -> dict[str, float]:
    """F1 by kind of what the product tells of each text, taken as a document of one page."""
    pairs = []
    for one in examples:
        found = [m.found for b in extract([PageText(1, one.text, "")], recognisers, None) for m in b.mentions]
        pairs.append((bare(one.text, found), set(one.names)))
    return {kind: round(f1(pairs, kind), 3) for kind in KINDS}


@dataclass(frozen=True)
class Given:
    """The folders of the sets, the base model and the training, and the seed that the training had."""

    sets: Path
    base: Path
    work: Path
    seed: int


def half_of_re3d(folder: Path, out: Path, *, is_learned: bool) -> Path:
    """The documents of re3d that were or were not learned from, in a folder of their own."""
    for home in sorted(folder.iterdir()):
        (out / home.name).mkdir(parents=True, exist_ok=True)
        kept = [
            one for one in objects(home / "documents.json") if is_learned_from(str(one["_id"])) == is_learned
        ]
        (out / home.name / "documents.json").write_text("\n".join(map(json.dumps, kept)))
        (out / home.name / "entities.json").write_bytes((home / "entities.json").read_bytes())
    return out


def finish(given: Given, out: Path, card: str, tell: Tell) -> None:
    """Write the packaged tagger into `out` from the state in the work folder, and the figures into that."""
    sets, base, work, seed = given.sets, given.base, given.work, given.seed
    state = work / "state.safetensors"
    first: dict[str, Any] = {
        "chances": dict.fromkeys(KINDS, (1.0, 0.0)),
        "thresholds": dict.fromkeys(KINDS, 0.0),
        "sure": dict.fromkeys(KINDS, 2.0),
    }
    write(out, state, first, card)
    _kept, held = gather(sets, seed, lambda _line: None)
    tagger = LocalTagger(read_model(out), base)
    raw = [(tagger.raw(one.text), one) for one in held]
    scale = chances_of(raw)
    first |= {"chances": scale, "thresholds": thresholds_of(raw, scale)}
    write(out, state, first, card)
    tagger = LocalTagger(read_model(out), base)
    ensure_index()
    reports = read_gold(half_of_re3d(sets / "re3d", work / "re3d-learned", is_learned=True))
    first["sure"] = sure_of(tagger, held, reports)
    write(out, state, first, card)
    tell(json.dumps(first))
    tagger = LocalTagger(read_model(out), base)
    figures: dict[str, Any] = {}
    rules = default_recognisers()
    both = (*rules, TaggerRecogniser(tagger))
    for name, file in NOT_LEARNED_FROM.items():
        examples = list(joined(from_iob(sets / file), random.Random(seed)))  # noqa: S311
        figures[name] = {"rules": told(rules, examples), "both": told(both, examples)}
        tell(f"{name}: {json.dumps(figures[name])}")
    half = half_of_re3d(sets / "re3d", work / "re3d-other", is_learned=False)
    for name, folder in (("re3d, not learned from", half), ("re3d, all", sets / "re3d")):
        figures[name] = {
            said: {
                kind: row["f1"]
                for kind, row in run_entities_suite(folder, recognisers=parts)["kinds"].items()
                if kind in KINDS
            }
            for said, parts in (("rules", rules), ("both", both))
        }
        tell(f"{name}: {json.dumps(figures[name])}")
    (work / "figures.json").write_text(json.dumps(figures, indent=1))
