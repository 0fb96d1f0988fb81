"""Proves the record: recomputes the chain from its first seal and holds it against the checkpoints."""

from dataclasses import dataclass, field

from django.db.models import Max

from donovan.audit import checkpoints
from donovan.audit.chain import FIRST_SEAL, seal_of
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


def verify_chain(*, first: int = 1) -> ChainReport:
    """Verify every record from sequence `first` on, and every checkpoint of those.

    Finds an edit, a deletion, a reordering, an insertion, a cut end, and a cut end that was written on.
    """
    report = ChainReport()
    seals = _verify_records(report, first)
    _verify_checkpoints(report, seals, first)
    return report


def chain_length() -> int:
    return AuditRecord.objects.aggregate(last=Max("sequence"))["last"] or 0


def _verify_records(report: ChainReport, first: int) -> dict[int, str]:
    """The seal of every record found, by sequence. After a break the chain goes on from the seal found."""
    seals: dict[int, str] = {}
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


def _verify_checkpoints(report: ChainReport, seals: dict[int, str], first: int) -> None:
    last = max(seals, default=first - 1)
    is_cut = False
    for checkpoint in checkpoints.read_all():
        if isinstance(checkpoint, checkpoints.UnreadableLine):
            report.add("checkpoint", 0, f"Line {checkpoint.line} of {checkpoint.file} is not a checkpoint.")
            continue
        if checkpoint.sequence < first:
            continue
        report.checkpoints += 1
        if not checkpoint.is_genuine:
            report.add(
                "checkpoint", checkpoint.sequence, f"The checkpoint of {checkpoint.sequence} is forged."
            )
            continue
        found = seals.get(checkpoint.sequence)
        if checkpoint.sequence > last:
            is_cut = is_cut or _report_cut(report, checkpoint.sequence, last)
        elif found is not None and found != checkpoint.seal:
            report.add(
                "replaced",
                checkpoint.sequence,
                f"Record {checkpoint.sequence} differs from its checkpoint: cut off and written anew.",
            )


def _report_cut(report: ChainReport, sequence: int, last: int) -> bool:
    report.add(
        "truncated", sequence, f"The end was cut off after record {last}: record {sequence} once existed."
    )
    return True
