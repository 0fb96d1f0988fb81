"""The reader, trained further from what analysts said: which words answer, and what evidence supports.

It goes on from the reader that serves, with the network and the loss that it was first trained with and few,
short steps (`reader_loop`), held to what it said before of texts that nobody judged (`reader_guard`). Its
weights are then drawn back as far as the dev labels want it, and where these see no gain they stay what they
were (`reader_measure`). Scores keep their scale, so that the weights and thresholds that were fitted on them
are carried over; only the threshold of support may rise, where enough unsupported claims say so.

Settings, all optional: those of `reader_loop.Plan`.
"""

import hashlib
import importlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from django.conf import settings as site

from donovan.training.checkpoints import load_last
from donovan.training.contract import OnProgress, Progress, Stopped, Trained, TrainingRefused
from donovan.training.reader.export import CARD, write_weights, write_words
from donovan.training.reader.learning import Row, Trainer, rows_of_judging, rows_of_reading
from donovan.training.trainers.reader_guard import anchors, changes_in, guard_examples
from donovan.training.trainers.reader_lessons import Lesson, Lessons, read_lessons
from donovan.training.trainers.reader_loop import (
    Plan,
    Taught,
    Tuning,
    between,
    guard_of,
    scores_of,
    set_weights,
    weights_of,
)
from donovan.training.trainers.reader_measure import (
    ALPHAS,
    Figures,
    Measure,
    choose,
    on_the_scale_of,
    thresholds_of,
)
from retrieval import serving
from retrieval.model_folders import ModelFolder, ModelTampered, read_model
from retrieval.reader import DESCRIPTION, PACKAGED, ROLE, WEIGHTS

LIMITS: Mapping[str, tuple[float, float]] = {
    "epochs": (1, 50),
    "learning_rate": (1e-7, 1e-2),
    "guard_weight": (0, 1e4),
    "guards": (0, 10_000),
    "checkpoint_every": (1, 10_000),
}


def train_reader(
    train: Sequence[dict[str, Any]],
    dev: Sequence[dict[str, Any]],
    *,
    work: Path,
    settings: Mapping[str, Any],
    seed: int,
    on_progress: OnProgress,
    is_stopped: Callable[[], bool],
) -> Trained:
    """Train on examples of relevance, of corrected answers or of claims.

    Raises TrainingRefused and Stopped.
    """
    plan = read_plan(settings)
    lessons = read_lessons(train, dev, seed)
    return _Job(work, lessons, plan, starting_reader(), seed, on_progress, is_stopped).run()


def read_plan(settings: Mapping[str, Any]) -> Plan:
    """The plan that `settings` ask for. Raises TrainingRefused for one that does not exist or is out of
    bounds.
    """
    whole = {one.name: isinstance(one.default, int) for one in fields(Plan)}
    for name, value in settings.items():
        if name not in whole:
            raise TrainingRefused(f"A reader has no setting “{name[:40]}”.")
        least, most = LIMITS[name]
        is_number = not isinstance(value, bool) and isinstance(value, int if whole[name] else int | float)
        if not is_number or not least <= value <= most:
            kind = "whole number" if whole[name] else "number"
            raise TrainingRefused(f"The setting “{name}” must be a {kind} from {least:g} to {most:g}.")
    return replace(Plan(), **settings)


@dataclass(frozen=True)
class Start:
    """The reader that the training goes on from."""

    name: str
    digest: str
    weights: Mapping[str, Any]
    description: Mapping[str, Any]
    card: str

    @property
    def identity(self) -> str:
        """Its name and the beginning of its digest."""
        return f"{self.name}@{self.digest[:12]}"


def starting_reader() -> Start:
    """The reader that serves, every file checked. Raises TrainingRefused where it cannot be gone on from."""
    base = Path(site.MULTILINGUAL_MODEL)
    if not (base / "model.safetensors").exists():
        raise TrainingRefused(
            f"The multilingual base model is not in {base}. Run `make run` again, it installs it."
        )
    try:
        model: ModelFolder = serving.read_pointed(ROLE, serving.pointer(ROLE)) or read_model(PACKAGED)
        tensors = importlib.import_module("safetensors.torch").load_file(str(model.path / WEIGHTS))
        description = json.loads((model.path / DESCRIPTION).read_text(encoding="utf-8"))
    except ModelTampered as error:
        raise TrainingRefused(error.sentence) from error
    except (OSError, ValueError) as error:
        raise TrainingRefused("The files of the reader that serves cannot be read. Roll it back.") from error
    card = model.path / CARD
    told = card.read_text(encoding="utf-8") if card.is_file() else ""
    return Start(model.name, model.digest, tensors, description, told)


@dataclass
class _Job:
    """One training in its folder."""

    work: Path
    lessons: Lessons
    plan: Plan
    start: Start
    seed: int
    on_progress: OnProgress
    is_stopped: Callable[[], bool]

    def run(self) -> Trained:
        of = self._identity()
        last = load_last(self.work)
        if last is not None and last.state.get("of") != of:
            shutil.rmtree(self.work / "checkpoints", ignore_errors=True)
        try:
            trainer = Trainer(Path(site.MULTILINGUAL_MODEL), start=self.start.weights)
        except KeyError as error:
            raise TrainingRefused(
                "The reader that serves is of another make than is trained here."
            ) from error
        first = weights_of(trainer)
        self._say(0, 1, "reading what is held fast")
        reading, judging = guard_examples(self.lessons.train, self.plan.guards, self.seed)
        guards = (
            guard_of(trainer, rows_of_reading(trainer.network, reading)),
            guard_of(trainer, rows_of_judging(trainer.network, judging)),
        )
        taught = taught_rows(trainer, self.lessons.train)
        tuning = Tuning(trainer, taught, guards, plan=self.plan, seed=self.seed)
        total = tuning.steps + len(ALPHAS) + 1
        losses = tuning.run(
            self.work, of, total=total, on_progress=self.on_progress, is_stopped=self.is_stopped
        )
        changes = self._changes(trainer)
        measure = Measure(trainer, self.lessons.dev, anchors(), changes)
        tuned = weights_of(trainer)
        measured: dict[float, Figures] = {}
        for alpha in (0.0, *ALPHAS):
            set_weights(trainer, between(first, tuned, alpha))
            measured[alpha] = measure.figures()
            words = f"{alpha:.0%} of the way: {measured[alpha].words}"
            self._say(tuning.steps + len(measured), total, words, tuning.steps)
        alpha = choose(measured, len(anchors()), len(changes))
        set_weights(trainer, between(first, tuned, alpha))
        if alpha:
            moved = on_the_scale_of(
                weights_of(trainer), guards[0].scores, scores_of(trainer, guards[0].rows), trainer.torch
            )
            set_weights(trainer, moved)
        thresholds = thresholds_of(self.start.description["thresholds"], measure.chances() if alpha else [])
        return self._trained(weights_of(trainer), measured, alpha, losses, thresholds)

    def _changes(self, trainer: Trainer) -> list[tuple[Row, Row]]:
        pairs = changes_in([*anchors(), *self.lessons.dev, *self.lessons.train], self.seed)
        true = rows_of_judging(trainer.network, [one for one, _changed in pairs])
        return list(zip(true, rows_of_judging(trainer.network, [one for _true, one in pairs]), strict=True))

    def _say(self, step: int, total: int, words: str, checkpoint: int | None = None) -> None:
        self.on_progress(Progress(step, total, None, words, checkpoint))
        if self.is_stopped():
            raise Stopped

    def _identity(self) -> str:
        """What decides the result: a checkpoint of anything else is not gone on from."""
        content = [
            [asdict(lesson) for lesson in (*self.lessons.train, *self.lessons.dev)],
            len(self.lessons.train),
            asdict(self.plan) | {"checkpoint_every": 0},
            self.start.digest,
            self.seed,
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _trained(
        self,
        weights: Mapping[str, Any],
        measured: Mapping[float, Figures],
        alpha: float,
        losses: Sequence[float],
        thresholds: Mapping[str, float],
    ) -> Trained:
        before, after = asdict(measured[0.0]), asdict(measured[alpha])
        metrics = {
            **{name: value for name, value in after.items() if value is not None},
            **{f"{name}_before": value for name, value in before.items() if value is not None},
            "alpha": alpha,
            "dev_labels": float(len(self.lessons.dev)),
            "train_labels": float(len(self.lessons.train)),
            "last_loss": round(sum(losses[-10:]) / max(1, len(losses[-10:])), 6),
        }
        description = {**self.start.description, "thresholds": dict(thresholds)}
        card = self._card(metrics)
        facts = {
            "base": self.start.identity,
            "base_digest": self.start.digest,
            "languages": sorted(self.lessons.languages),
            "alpha": alpha,
            "metrics": metrics,
        }

        def fill(folder: Path) -> Mapping[str, Any]:
            write_weights(folder, weights)
            write_words(folder, description, card)
            return facts

        return Trained(fill, metrics)

    def _card(self, metrics: Mapping[str, float]) -> str:
        figures = "\n".join(f"  {name}: {value:g}" for name, value in metrics.items())
        return (
            "Reader, trained further from labels that people gave here; the manifest names the data set and "
            f"who trained it.\n\nIt went on from {self.start.identity}, whose weights of "
            "features and thresholds it carries; scores were kept on their scale.\n\n"
            f"Figures on the dev labels:\n{figures}\n\nThe card of what it went on from:\n\n{self.start.card}"
        )


def taught_rows(trainer: Trainer, lessons: Sequence[Lesson]) -> list[Taught]:
    """The lessons as rows. Of a passage that answers, without a word of where, the span is taken that the
    reader itself has first; the others are neither right nor wrong.
    """
    found: list[Taught] = []
    for lesson in lessons:
        rows = rows_of_reading(trainer.network, lesson.reading)
        if rows and not lesson.names_span:
            rows = [_best(trainer, rows)]
        if lesson.judging is not None:
            rows = rows_of_judging(trainer.network, [lesson.judging])
        found.extend(Taught(row, lesson.weight) for row in rows)
    return found


def _best(trainer: Trainer, rows: Sequence[Row]) -> Row:
    scored = [
        (float(score), -number, place)
        for number, scores in enumerate(scores_of(trainer, rows))
        for place, score in enumerate(scores)
    ]
    _score, number, place = max(scored)
    row = rows[-number]
    return replace(row, spans=[row.spans[place]], labels=[True])
