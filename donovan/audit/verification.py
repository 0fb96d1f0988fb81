"""Proves the record: recomputes the chain from its first seal and holds it against the checkpoints."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.db.models import Max

from donovan.audit import checkpoints
from donovan.audit.chain import FIRST_SEAL, seal_of
from donovan.audit.checkpoints import LINES_ON_THEIR_WAY, Checkpoint, UnreadableLine
from donovan.audit.models import AuditRecord

MOST_PROBLEMS = 100


@dataclass(frozen=True)
class ChainProblem:
    """One thing that is wrong: what kind, at which sequence number, and a sentence for a person."""

    kind: str
    sequence: int
    sentence: str


@dataclass
class ChainReport:
    """What a verification found. The record can be trusted when there are no problems."""

    records: int = 0
    checkpoints: int = 0
    problems: list[ChainProblem] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        return not self.problems

    @property
    def sentence(self) -> str:
        if self.is_intact:
            return (
                f"The record is intact: {self.records} records, held against {self.checkpoints} checkpoints."
            )
        return f"The record has been tampered with: {self.problems[0].sentence}"

    def add(self, kind: str, sequence: int, sentence: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(ChainProblem(kind, sequence, sentence))


def verify_chain(*, first: int = 1, copy: Path | None = None) -> ChainReport:
    """Verify every record from sequence `first` on, and every checkpoint of those.

    Finds an edit, a deletion, a reordering, an insertion, a cut end with or without its checkpoints, a cut
    end that was written on, an emptied record, and checkpoints that are missing. `copy` is a file or a folder
    of checkpoints that was carried elsewhere: it proves that what it names is still there, whoever has the
    key.
    """
    report = ChainReport()
    seals = _verify_records(report, first)
    for place in checkpoints.folders():
        _verify_folder(report, seals, first, place)
    if copy is not None:
        lines = checkpoints.read_file(copy) if copy.is_file() else checkpoints.read_all(copy)
        if not _verify_lines(report, seals, first, lines):
            report.add("copy", 0, f"There is no checkpoint in {copy}, so it proves nothing.")
    return report


def chain_length() -> int:
    return AuditRecord.objects.aggregate(last=Max("sequence"))["last"] or 0


def _verify_records(report: ChainReport, first: int) -> dict[int, str]:
    """The seal of every record found, by sequence. After a break the chain goes on from the seal found."""
    seals: dict[int, str] = {}
    for sequence in AuditRecord.objects.filter(sequence__lt=1).values_list("sequence", flat=True)[:10]:
        report.add("inserted", 0, f"There is a record {sequence}, before the first: it was put in.")
    previous = FIRST_SEAL
    if first > 1:
        before = AuditRecord.objects.filter(sequence=first - 1).values_list("seal", flat=True).first()
        previous = before or FIRST_SEAL
    expected = first
    for record in (
        AuditRecord.objects.filter(sequence__gte=first).order_by("sequence").iterator(chunk_size=2000)
    ):
        report.records += 1
        if record.sequence != expected:
            report.add("missing", expected, f"Records {expected} to {record.sequence - 1} are missing.")
        elif record.seal != seal_of(record, previous):
            report.add(
                "altered",
                record.sequence,
                f"Record {record.sequence} is not what was written there: it was edited, moved or put in.",
            )
        seals[record.sequence] = record.seal
        previous, expected = record.seal, record.sequence + 1
    return seals


def _verify_folder(report: ChainReport, seals: dict[int, str], first: int, place: Path) -> None:
    """The lines of one folder, and whether all are there that its genesis and its head promise."""
    is_main = place == checkpoints.folders()[0]
    lines = list(checkpoints.read_all(place))
    covered = _verify_lines(report, seals, first, lines)
    report.checkpoints += len(covered) if is_main else 0
    last = max(seals, default=first - 1)
    genesis = checkpoints.read_note(checkpoints.folders()[0], checkpoints.GENESIS)
    head = checkpoints.read_note(place, checkpoints.HEAD)
    readable = [line for line in lines if isinstance(line, Checkpoint)]
    _verify_genesis(report, genesis, readable, last)
    has_many = len(covered) > 0 or last - first >= LINES_ON_THEIR_WAY
    _verify_head(report, seals, first, head, is_needed=genesis is not None and has_many)
    # What this very transaction wrote leaves its lines when it ends.
    if genesis is None or connection.in_atomic_block:
        return
    begun = genesis.sequence if is_main else min((line.sequence for line in readable), default=last)
    for sequence in range(max(first, begun), last + 1):
        is_on_its_way = sequence > last - LINES_ON_THEIR_WAY and (head is None or sequence > head.sequence)
        if sequence not in covered and not is_on_its_way:
            report.add(
                "checkpoint-missing", sequence, f"The checkpoint of record {sequence} is missing in {place}."
            )


def _verify_genesis(
    report: ChainReport, genesis: checkpoints.Note | None, lines: list[Checkpoint], last: int
) -> None:
    if genesis is None:
        # Records of a version that kept no genesis have lines of that version, and no others.
        newest = max((line.sequence for line in lines), default=0)
        is_bare = last > newest + (LINES_ON_THEIR_WAY if lines else 0) and not connection.in_atomic_block
        if is_bare or any(line.version > 1 for line in lines):
            report.add("genesis", 0, "The note of where the record began is missing beside its checkpoints.")
        return
    earlier = [line for line in lines if line.version == 1 and line.sequence < genesis.sequence]
    if not genesis.is_genuine:
        report.add("genesis", 0, "The note of where the record began is forged.")
    elif genesis.sequence > 1 and not earlier:
        begun = genesis.sequence
        report.add("genesis", 0, f"The record is said to begin at {begun}; nothing shows what was before.")
    elif last < 1 and not report.problems:
        report.add("truncated", 1, "The record is empty, and once it was begun.")


def _verify_head(
    report: ChainReport, seals: dict[int, str], first: int, head: checkpoints.Note | None, *, is_needed: bool
) -> None:
    last = max(seals, default=first - 1)
    if head is None:
        if is_needed and not connection.in_atomic_block:
            report.add("head", 0, "The note of the last record is missing beside the checkpoints.")
    elif not head.is_genuine:
        report.add("head", 0, "The note of the last record is forged.")
    elif head.sequence > last:
        if all(problem.kind != "truncated" for problem in report.problems):
            _report_cut(report, head.sequence, last)
    elif head.sequence in seals and seals[head.sequence] != head.seal:
        _report_replaced(report, head.sequence)


def _verify_lines(
    report: ChainReport, seals: dict[int, str], first: int, lines: Iterable[Checkpoint | UnreadableLine]
) -> set[int]:
    """The sequences from `first` on that have a line, also where it is forged."""
    last = max(seals, default=first - 1)
    covered: set[int] = set()
    is_cut = False
    for line in lines:
        if isinstance(line, UnreadableLine):
            report.add("checkpoint", 0, f"Line {line.line} of {line.file} is not a checkpoint.")
            continue
        if line.sequence < first:
            continue
        covered.add(line.sequence)
        if not line.is_genuine:
            report.add("checkpoint", line.sequence, f"The checkpoint of {line.sequence} is forged.")
            continue
        found = seals.get(line.sequence)
        if line.sequence > last:
            is_cut = is_cut or _report_cut(report, line.sequence, last)
        elif found is not None and found != line.seal:
            _report_replaced(report, line.sequence)
    return covered


def _report_cut(report: ChainReport, sequence: int, last: int) -> bool:
    report.add(
        "truncated", sequence, f"The end was cut off after record {last}: record {sequence} once existed."
    )
    return True


def _report_replaced(report: ChainReport, sequence: int) -> None:
    report.add(
        "replaced", sequence, f"Record {sequence} differs from its checkpoint: cut off and written anew."
    )
