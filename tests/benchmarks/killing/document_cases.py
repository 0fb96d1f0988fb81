"""Documents: read, put into the index, and taken through the steps of insight."""

import io
import os
import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone

from donovan.insight.anomalies import services as anomalies
from donovan.insight.anomalies.models import Examination, Finding, TextLook
from donovan.insight.anomalies.texts.services import labels_to_compare
from donovan.insight.entities.models import Mention
from donovan.insight.processing.models import DocumentStep
from donovan.insight.processing.work import CATCH_UP, COMPARE_TEXTS, STEP_KINDS
from donovan.insight.processing.work import CLEAR as CLEAR_TABLES
from donovan.insight.tables.models import DataTable
from donovan.insight.watch.models import Match, Watch
from donovan.library import services as library
from ingest.kinds import CLEAR, READ
from ingest.models import Document, Page, Passage, StageRecord
from ingest.work import running
from ingest.work.services import enqueue
from retrieval import catalogue
from retrieval.models import IndexedDocument
from retrieval.work import INDEX, SWEEP
from tests.benchmarks.killing.cases import Case, exactly, recorded

_LETTER = """Report on the crossing

The bridge at Orlov was closed on 5 July 2026 after rubble fell on it. The word of the day is {word}.
Captain Elena Marsh asked for forty tonnes of gravel. The next inspection is on 12 July 2026 at noon.
{more}
"""
_MORE = "Line {at}: the convoy {word} passed the post at kilometre {at} and reported nothing of note.\n"
_OLD_SECONDS = 3 * 86_400


def _letter(word: str) -> tuple[str, bytes]:
    more = "\n".join(_MORE.format(at=at, word=word) for at in range(60))
    return f"report {word}.txt", _LETTER.format(word=word, more=more).encode()


def _stock(word: str) -> tuple[str, bytes]:
    rows = [f"{word}{at},{-40 if at == 9 else 100 + 7 * at % 23},North" for at in range(1, 60)]
    return f"stock {word}.csv", ("item,quantity,depot\n" + "\n".join(rows) + "\n").encode()


_FORMS = (_letter, _stock)


class Documents(Case):
    """Files as ana hands them in. What is kept of each must be what was kept of one of its form in peace."""

    kinds: ClassVar[dict[str, float]] = {
        READ.name: 8,
        INDEX.name: 8,
        **{kind.name: 4 for kind in STEP_KINDS},
    }

    def prepare(self) -> None:
        self.made: list[tuple[uuid.UUID, int]] = []
        Watch.objects.create(
            owner=self.world.people["ana"], kind=Watch.Kind.WORDS, title="Gravel", text="gravel"
        )
        for form in (0, 1, 0, 1):
            self._hand_in(form)
        running.run_queue("celery", seconds=300)
        running.run_queue("insight", seconds=300)
        self.in_peace = [_kept_of(key) for key, _form in self.made[: len(_FORMS)]]
        keys = [key for key, _form in self.made]
        self.world.standing, self.world.moving = keys[:2], keys[2:]

    def make(self, kind: str) -> None:
        is_about_tables = kind in (STEP_KINDS[0].name, STEP_KINDS[2].name)
        self._hand_in(1 if is_about_tables else len(self.made) % len(_FORMS))

    def _hand_in(self, form: int) -> None:
        name, content = _FORMS[form](self.world.word())
        submission = library.upload(
            self.world.caller("ana"),
            io.BytesIO(content),
            name=name,
            collection="relief",
            marking="UNCLASSIFIED",
        )
        self.made.append((submission.document_id, form))

    def faults(self) -> list[str]:
        found = []
        for key, form in self.made:
            found += exactly(f"what is kept of document {key}", _kept_of(key), self.in_peace[form])
        found += exactly(
            "stages that nobody ended", StageRecord.objects.filter(finished_at__isnull=True).count(), 0
        )
        return found


def _kept_of(key: uuid.UUID) -> dict[str, Any]:
    document = Document.objects.get(pk=key)
    passages = Passage.objects.filter(document=key).order_by("ordinal")
    rows = IndexedDocument.objects.filter(document_id=key, segment__is_current=True)
    own = Finding.objects.filter(document=key, origin=Finding.Origin.TABLES, rests_on=None)
    return {
        "status": str(document.status),
        "pages": Page.objects.filter(document=key).count(),
        "passages": [(row.ordinal, row.start, row.end) for row in passages],
        "places in the index": rows.count(),
        "is marked removed": any(str(key) in row.segment.removed for row in rows.select_related("segment")),
        "steps": dict(DocumentStep.objects.filter(document=key).values_list("name", "state")),
        "names": dict(Counter(Mention.objects.filter(document=key).values_list("kind", flat=True))),
        "tables": DataTable.objects.filter(document=key).count(),
        "findings": dict(Counter(own.values_list("kind", flat=True))),
        "matches": Match.objects.filter(document=key).count(),
        "page images": len(list((Path(settings.PAGE_IMAGE_DIR) / str(key)).glob("*"))) <= 1,
        "records": recorded("upload", document=str(key)),
    }


class Examinations(Case):
    """Tables that ana lets examine again: the same is found, once."""

    kinds: ClassVar[dict[str, float]] = {"insight.examination": 5}

    def prepare(self) -> None:
        self.asked: list[uuid.UUID] = []
        self.table = DataTable.objects.filter(document__in=self.world.standing).first()
        assert self.table is not None
        self.in_peace = self._found()

    def _found(self) -> list[uuid.UUID]:
        assert self.table is not None
        own = Finding.objects.filter(document=self.table.document, origin=Finding.Origin.TABLES)
        return sorted(own.values_list("pk", flat=True))

    def make(self, kind: str) -> None:
        assert self.table is not None
        self.asked.append(anomalies.examine(self.world.caller("ana"), self.table.pk).pk)

    def faults(self) -> list[str]:
        asked = set(self.asked)
        done = Examination.objects.filter(pk__in=asked, state=Examination.State.DONE).count()
        return [
            *exactly("examinations done", done, len(asked)),
            *exactly("what they found", self._found(), self.in_peace),
        ]


class Upkeep(Case):
    """What is done again and again for documents, with something to do for each."""

    kinds: ClassVar[dict[str, float]] = {
        SWEEP.name: 3,
        CLEAR.name: 2,
        CATCH_UP.name: 2,
        COMPARE_TEXTS.name: 3,
        CLEAR_TABLES.name: 2,
    }
    without_documents: ClassVar[frozenset[str]] = frozenset({CLEAR.name, CLEAR_TABLES.name})

    def prepare(self) -> None:
        self.left: list[Path] = []
        self.documents = self.world.moving

    def make(self, kind: str) -> None:
        match kind:
            case SWEEP.name:
                # As after a segment that was lost: documents that are ready and stand nowhere.
                catalogue.take_out(self.documents)
                enqueue(SWEEP)
            case CLEAR.name:
                self.left += [self._old(Path(settings.SCRATCH_DIR) / f"read-{self.world.word()}")]
                enqueue(CLEAR)
            case CATCH_UP.name:
                DocumentStep.objects.filter(document__in=self.documents, name="texts").update(version=0)
                enqueue(CATCH_UP)
            case COMPARE_TEXTS.name:
                TextLook.objects.update(digest="", looked_at=timezone.now() - timedelta(days=1))
                enqueue(COMPARE_TEXTS)
            case CLEAR_TABLES.name:
                folder = Path(settings.TABLE_DIR) / str(uuid.uuid4())
                self.left += [self._old(folder)]
                enqueue(CLEAR_TABLES)

    @staticmethod
    def _lost_comparisons() -> set[str]:
        """Those that were cut off, and that will not be made when they have rested."""
        TextLook.objects.update(looked_at=timezone.now() - timedelta(days=1))
        cut_off = TextLook.objects.filter(digest="").values_list("label", flat=True)
        return set(cut_off) - set(labels_to_compare())

    @staticmethod
    def _old(folder: Path) -> Path:
        folder.mkdir(parents=True)
        (folder / "left").write_text("left")
        os.utime(folder, times=(time.time() - _OLD_SECONDS,) * 2)
        return folder

    def faults(self) -> list[str]:
        current = DocumentStep.objects.filter(document__in=self.documents, name="texts", version__gt=0)
        return [
            *exactly("folders that should be gone", [str(path) for path in self.left if path.exists()], []),
            *exactly("texts looked at again", current.count(), len(self.documents)),
            *exactly("labels whose comparison was lost", sorted(self._lost_comparisons()), []),
        ]
