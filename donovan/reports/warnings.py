"""What a reader of a report must know before relying on it, one sentence each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from donovan.reports import content
from donovan.reports.models import Report, ReviewStep, Section, Source
from donovan.reports.resting import Change, changed_documents


@dataclass(frozen=True)
class Resting:
    """What a report cites (by id), what of it changed, and under which numbers it is shown."""

    sources: Mapping[int, Source]
    changes: Mapping[int, Change]
    numbers: Mapping[int, int]


def warnings_of(
    report: Report, sections: Sequence[Section], made: Sequence[content.SectionContent], resting: Resting
) -> Iterator[str]:
    """The warnings of a report that its reader may open, the gravest first."""
    if report.state == Report.State.WITHDRAWN:
        step = report.review_steps.filter(step=ReviewStep.Step.WITHDRAWN).select_related("person").last()
        if step is not None:
            yield (
                f"The release was withdrawn by {step.person} on {step.taken_at:%d %B %Y}: {step.remark} "
                "Do not rely on it."
            )
    yield from _changed(report, resting)
    failed = [section.heading for section in sections if section.state == Section.State.FAILED]
    if failed:
        yield f"{_counted(len(failed), 'section', 'sections')} could not be made: {'; '.join(failed)}."
    open_states = (Section.State.WAITING, Section.State.RUNNING)
    waiting = [section.heading for section in sections if section.state in open_states]
    if waiting:
        yield f"Not made yet: {'; '.join(waiting)}."
    statements = [
        statement
        for section in made
        for block in section.blocks
        if isinstance(block, content.Paragraph)
        for statement in block.statements
    ]
    unsupported = sum(statement.state == "not supported" for statement in statements)
    if unsupported == 1:
        yield "1 sentence is not supported by what it cites."
    elif unsupported:
        yield f"{unsupported} sentences are not supported by what they cite."
    unchecked = sum(statement.state == "not checked" for statement in statements)
    if unchecked == 1:
        yield "1 sentence cites nothing and is not checked."
    elif unchecked:
        yield f"{unchecked} sentences cite nothing and are not checked."


def _changed(report: Report, resting: Resting) -> Iterator[str]:
    cited: dict[tuple[str, str], set[int]] = {}
    documents = set()
    for key, change in resting.changes.items():
        source = resting.sources[key]
        documents.add(source.document_id)
        if key in resting.numbers:
            cited.setdefault((source.title, change.reason), set()).add(resting.numbers[key])
    for (title, reason), notes in cited.items():
        listed = ", ".join(str(number) for number in sorted(notes))
        yield f"“{title}” {reason} since this was written (source {listed})."
    others = {used.document_id for used in changed_documents([report.pk])} - documents
    if others:
        yield (
            f"{_counted(len(others), 'document', 'documents')} that this was written from, "
            "without being cited, changed or went away since."
        )


def _counted(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {many}"
