"""The index moves to the embedding model that the settings choose, when that is another than the one it has.

An installation that began with the small English model, or whose setting was changed, goes on searching with
the model that made its index. A worker embeds everything with the chosen one beside it, which may take hours
and may be killed at any moment, and then index and pointer change together (`retrieval.swapping`). A trained
model that somebody promoted is never moved away from.
"""

from datetime import timedelta

from ingest.work.command import run_command
from ingest.work.errors import Refused, TryAgain
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.progress import Progress
from ingest.work.registry import Handler
from ingest.work.services import enqueue, job_of

from . import serving, swapping
from .base_models import PACKAGED
from .embedding import ROLE
from .embedding_errors import EmbedderUnavailable
from .models import IndexSegment, ServedModel
from .work import EMBED_ANEW

PROMOTED = "A trained model was promoted meanwhile, and the index stays with it."
COMMAND = "embed_anew"
TRIED_AGAIN_AFTER = timedelta(hours=1)


def settle() -> None:
    """Note which base model serves where nothing was ever noted, and ask for the move where one is due."""
    row, wanted = serving.current(ROLE), serving.base_of(ROLE)
    if row is None:
        _note(wanted)
    elif not row.folder and row.name != (wanted or serving.BASE):
        _ask(wanted or serving.BASE)


def _note(wanted: str) -> None:
    made_by = set(IndexSegment.objects.filter(is_current=True).values_list("embedder", flat=True))
    model = PACKAGED.get(wanted)
    if model is not None and made_by == {f"{model.name}@{model.digest[:12]}"}:
        serving.point(ROLE, None)


def _ask(wanted: str) -> None:
    last = job_of(EMBED_ANEW, wanted)
    if last is None or last.state == Job.State.DONE:
        enqueue(EMBED_ANEW, wanted)
    elif last.state == Job.State.FAILED and last.finished_at is not None:
        enqueue(EMBED_ANEW, wanted, due_at=last.finished_at + TRIED_AGAIN_AFTER)


class _Moves(Handler):
    """Keeps a process at it."""

    def run(self, held: Held) -> str:
        return run_command(held, COMMAND)


class MovesHere(Handler):
    """Makes the move in this very process."""

    def run(self, held: Held) -> str:
        def on_progress(done: int, total: int) -> None:
            held.on_progress(Progress(done, total, "passages read"))

        def within(served: ServedModel) -> None:
            was = serving.before(ROLE)
            if was is not None and was.folder:
                raise Refused(PROMOTED)
            held.complete()

        now = serving.current(ROLE)
        if now is not None and now.folder:
            raise Refused(PROMOTED)
        if held.subject != (serving.base_of(ROLE) or serving.BASE):
            return "The settings choose another model by now."
        try:
            swapping.swap(None, on_progress=on_progress, within=within)
        except swapping.SwapBusy as error:
            raise TryAgain(error.sentence, after=timedelta(minutes=10), counts=False) from error
        except EmbedderUnavailable as error:
            raise Refused(error.sentence) from error
        return ""


MOVES = _Moves()
