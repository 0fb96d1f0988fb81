"""What the pages show: the roles and what serves in them, data sets to train on, the curve of the loss."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from donovan.access.labels import marking_of
from donovan.assistant.second_opinion import serving_verifier
from donovan.feedback.datasets.models import Dataset
from donovan.feedback.datasets.reading import seen_of
from donovan.feedback.shapes import TASKS
from donovan.insight.charts.drawing import inline_svg
from donovan.insight.charts.specifications import Axis, line
from donovan.insight.errors import InsightError
from donovan.insight.triage.services import serving_triage
from donovan.training.errors import TrainingError
from donovan.training.kinds import KINDS, kinds_for
from donovan.training.models import AskedMove, Candidate, Move
from donovan.training.permissions import may_read
from donovan.training.promotion import previous
from donovan.training.setting_list import SETTINGS, Setting
from donovan.training.wording import ROLE_TITLES, role_title
from retrieval.model_folders import ROLES
from retrieval.models import ServedModel
from retrieval.scope import AccessScope
from retrieval.serving import current

UNKNOWN = "a model trained on data you may not read"
MOVES_SHOWN = 12
BASE = "the base model"


@dataclass(frozen=True)
class RoleRow:
    """One role: what serves, since when, what to go back to (empty: nothing), what is wrong with it."""

    role: str
    title: str
    explanation: str
    name: str
    since: object
    candidate: Candidate | None
    back_to: str
    problem: str
    asked: AskedMove | None
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class DatasetChoice:
    """A version that somebody may train on, with the kinds that can learn from it."""

    reference: str
    task: str
    task_words: str
    rows: int
    tests: int
    kinds: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def trains(self) -> str:
        """What a model trained on it is for, in words."""
        return " or ".join(role_title(KINDS[kind].roles[self.task]).lower() for kind in self.kinds)


def role_rows(scope: AccessScope) -> list[RoleRow]:
    """Every role in order. Nothing is named that was trained on data the reader may not read."""
    return [_role_row(role, scope) for role in ROLES]


def _role_row(role: str, scope: AccessScope) -> RoleRow:
    now = current(role)
    title, explanation = ROLE_TITLES[role]
    try:
        back = previous(role)
        back_to = _named(role, back, scope)
    except TrainingError:
        back_to = ""
    asked = AskedMove.objects.filter(role=role).select_related("candidate").first()
    if asked is not None and asked.candidate is not None and not may_read(scope, asked.candidate.labels):
        asked = None
    moves = Move.objects.filter(role=role).select_related("candidate", "served", "instead_of", "by")
    return RoleRow(
        role=role,
        title=title,
        explanation=explanation,
        name=_named(role, now, scope),
        since=now.since if now else None,
        candidate=_candidate(role, now, scope),
        back_to=back_to,
        problem=_problem(role),
        asked=asked,
        moves=tuple(
            move
            for move in moves[:MOVES_SHOWN]
            if move.candidate is None or may_read(scope, move.candidate.labels)
        ),
    )


def _problem(role: str) -> str:
    if role == "verifier":
        return serving_verifier()[1]
    return serving_triage()[1] if role == "triage" else ""


def _named(role: str, row: ServedModel | None, scope: AccessScope) -> str:
    if row is None or not row.folder:
        return BASE
    candidate = Candidate.objects.filter(role=role, digest=row.digest).first()
    return row.name if candidate is None or may_read(scope, candidate.labels) else UNKNOWN


def _candidate(role: str, row: ServedModel | None, scope: AccessScope) -> Candidate | None:
    if row is None or not row.folder:
        return None
    found = Candidate.objects.filter(role=role, digest=row.digest).first()
    return found if found is not None and may_read(scope, found.labels) else None


def dataset_choices(scope: AccessScope) -> list[DatasetChoice]:
    """The newest version of each data set that the reader may read and some kind can learn from; the latest
    made comes first.
    """
    learnt_from = [task for task in TASKS if kinds_for(task)]
    rows = Dataset.objects.filter(task__in=learnt_from).select_related("created_by")
    # The newest version stands first: the order of the model.
    newest = [found[0] for one in seen_of(scope, rows) if (found := list(one.versions.all()))]
    return [
        DatasetChoice(
            f"{version.dataset.created_by.get_username()}/{version}",
            version.task,
            version.dataset.get_task_display(),
            version.total,
            int(version.counts.get("test", 0)),
            tuple(kinds_for(version.task)),
            tuple(version.labels),
        )
        for version in sorted(newest, key=lambda one: one.created_at, reverse=True)
    ]


@dataclass(frozen=True)
class KindChoice:
    """A kind of training that can learn from one of the data sets at hand, and what may be set for it."""

    kind: str
    words: str
    settings: tuple[Setting, ...]


def kind_choices(choices: Iterable[DatasetChoice]) -> list[KindChoice]:
    """The kinds that learn from one of these data sets."""
    fitting = {kind for choice in choices for kind in choice.kinds}
    return [KindChoice(kind, KINDS[kind].shown, SETTINGS[kind]) for kind in KINDS if kind in fitting]


def marking_over(labels: Iterable[Sequence[str]]) -> str:
    """The marking of a page that shows things with these labels; empty for none."""
    together = {label for some in labels for label in some}
    return marking_of(together).canonical if together else ""


def loss_curve(history: Sequence[Sequence[float]]) -> SafeString | None:
    """The loss over the steps as a picture; None where there is too little to draw or it cannot be drawn."""
    if len(history) < 3:
        return None
    points = [(int(step), float(loss), "") for step, loss in history]
    drawing = line(points, x=Axis("step"), y=Axis("loss"))
    # There is no step between two steps, so none is written on the axis.
    along = drawing["encoding"]["x"]
    along["axis"] = {**(along.get("axis") or {}), "tickMinStep": 1, "format": "d"}
    try:
        return inline_svg(drawing)
    except InsightError:
        return None
