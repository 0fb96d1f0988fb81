"""What a person does to sentences: change, take out, add, bring back. What was generated stays as it was.

Every edit is checked against what it cites before it is kept, and is shown as what the check made of it.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction

from donovan.assistant.spans import Span
from donovan.library.callers import Caller
from donovan.reports.changes import one_change, record_change
from donovan.reports.errors import ReportError
from donovan.reports.models import Block, Report, Section, Source, Statement, StatementEdit
from donovan.reports.persistence import keep_sources, keep_used
from donovan.reports.sections.contract import Cited
from donovan.reports.verifying import Judgement, cited_at, judged, span_of

LONGEST_SENTENCE = 2000
MOST_SOURCES = 12
GONE = "The words it cites are no longer on their page."


def edit_statement(
    caller: Caller,
    report: Report,
    statement_id: int,
    *,
    text: str,
    source_ids: Iterable[int],
    addresses: Sequence[str] = (),
) -> StatementEdit:
    """Change the words or the sources of a sentence in the caller's draft, and check it anew.

    `source_ids` are the sources it keeps or takes from its section; `addresses` are pages to cite besides.
    Raises ReportError when the text is empty or too long, or a source cannot be cited.
    """
    text = _checked_text(text)
    statement = statement_of(report, statement_id)
    section = statement.block.section
    known = {source.pk: source for source in section.sources.filter(making=section.making)}
    kept = [known[key] for key in dict.fromkeys(source_ids) if key in known]
    added = [cited_at(address, text, caller.scope) for address in addresses if address.strip()]
    if len(kept) + len(added) > MOST_SOURCES:
        raise ReportError(f"A sentence cites {MOST_SOURCES} sources at most. Take some away.")
    # The check may ask an embedding model, so it is done before the transaction, which must be short.
    judgement = _judged(caller, text, kept, added)
    with one_change(caller, report) as current:
        cited = [source.pk for source in kept] + list(_added_sources(section, added).values())
        edit = _keep_edit(caller, statement, text, judgement, cited)
        record_change(caller, current, "edit", section=section.key, statement=statement.pk, state=edit.state)
    return edit


def add_statement(
    caller: Caller, report: Report, section_id: int, *, text: str, addresses: Sequence[str] = ()
) -> StatementEdit:
    """Add a sentence of one's own, as a paragraph at the end of a section that is made."""
    text = _checked_text(text)
    section = Section.objects.filter(report=report, pk=section_id).first()
    if section is None or section.state in (Section.State.WAITING, Section.State.RUNNING):
        raise ReportError("This section is not made yet. Wait until it is done.")
    added = [cited_at(address, text, caller.scope) for address in addresses if address.strip()]
    judgement = _judged(caller, text, [], added)
    with one_change(caller, report) as current:
        last = Block.objects.filter(section=section, making=section.making).order_by("ordinal").last()
        block = Block.objects.create(
            section=section,
            making=section.making,
            ordinal=last.ordinal + 1 if last else 1,
            kind=Block.Kind.PARAGRAPH,
        )
        statement = Statement.objects.create(
            block=block, ordinal=1, origin=Statement.Origin.WRITTEN, state="not checked"
        )
        cited = list(_added_sources(section, added).values())
        edit = _keep_edit(caller, statement, text, judgement, cited)
        record_change(caller, current, "add", section=section.key, statement=statement.pk, state=edit.state)
    return edit


def remove_statement(caller: Caller, report: Report, statement_id: int) -> StatementEdit:
    """Take a sentence out of the report. It stays in the record of the section, and can be brought back."""
    statement = statement_of(report, statement_id)
    before, state, reason, source_ids = as_it_stands(statement)
    with one_change(caller, report) as current:
        edit = StatementEdit.objects.create(
            statement=statement,
            editor=caller.user,
            before=before,
            after=before,
            is_removal=True,
            state=state,
            reason=reason,
            source_ids=source_ids,
        )
        record_change(caller, current, "take out", statement=statement.pk)
    return edit


def bring_back(caller: Caller, report: Report, statement_id: int) -> StatementEdit:
    """Undo: a generated sentence as it was generated, one that a person wrote as it was before it was
    taken out.
    """
    statement = statement_of(report, statement_id)
    last = statement.edits.last()
    if last is None or last.is_reversal:
        raise ReportError("This sentence was not changed.")
    if statement.origin == Statement.Origin.WRITTEN and not last.is_removal:
        raise ReportError("This sentence was written by a person; there is nothing generated to bring back.")
    is_own = statement.origin == Statement.Origin.WRITTEN
    with one_change(caller, report) as current:
        edit = StatementEdit.objects.create(
            statement=statement,
            editor=caller.user,
            before=last.after,
            after=last.after if is_own else statement.text,
            is_reversal=not is_own,
            state=last.state if is_own else statement.state,
            reason=last.reason if is_own else statement.reason,
            source_ids=last.source_ids if is_own else statement.source_ids,
        )
        record_change(caller, current, "bring back", statement=statement.pk)
    return edit


def statement_of(report: Report, statement_id: int) -> Statement:
    """A sentence of the present making of a section of this report. Raises ReportError when there is none."""
    found = (
        Statement.objects.select_related("block__section")
        .filter(pk=statement_id, block__section__report=report)
        .first()
    )
    if found is None or found.block.making != found.block.section.making:
        raise ReportError("This report no longer has that sentence. Load the page again.")
    return found


def as_it_stands(statement: Statement) -> tuple[str, str, str, list[int]]:
    """The text, state, reason and sources of a sentence after its last edit."""
    last = statement.edits.last()
    if last is None:
        return statement.text, statement.state, statement.reason, statement.source_ids
    return last.after, last.state, last.reason, last.source_ids


def _keep_edit(
    caller: Caller, statement: Statement, text: str, judgement: Judgement, cited: list[int]
) -> StatementEdit:
    return StatementEdit.objects.create(
        statement=statement,
        editor=caller.user,
        before=as_it_stands(statement)[0],
        after=text,
        state=judgement.state,
        reason=judgement.reason[:300],
        source_ids=cited,
    )


def _judged(caller: Caller, text: str, kept: Sequence[Source], added: Sequence[Cited]) -> Judgement:
    spans: list[Span] = []
    for source in kept:
        span = span_of(source, caller.scope)
        if span is not None:
            spans.append(span)
    for cited in added:
        span = span_of(_unsaved(cited), caller.scope)
        if span is not None:
            spans.append(span)
    if (kept or added) and not spans:
        return Judgement("not supported", GONE)
    return judged(text, spans)


def _unsaved(cited: Cited) -> Source:
    return Source(
        document_id=cited.document_id, page=cited.page, start=cited.start, end=cited.end, quote=cited.quote
    )


def _added_sources(section: Section, added: Sequence[Cited]) -> dict[Cited, int]:
    """Rows for what a person cites; their labels join those of the section from now on."""
    with transaction.atomic():
        ids = keep_sources(section, added, making=section.making)
        keep_used(section, {item.document_id: item.label for item in added}, making=section.making)
        labels = sorted({*section.labels, *(item.label for item in added)})
        Section.objects.filter(pk=section.pk).update(labels=labels)
    return ids


def _checked_text(text: str) -> str:
    text = " ".join(text.replace("\x00", " ").split())
    if not text:
        raise ReportError("There are no words. Write the sentence, or take it out.")
    if len(text) > LONGEST_SENTENCE:
        raise ReportError(f"A sentence has at most {LONGEST_SENTENCE:,} characters; this has {len(text):,}.")
    return text
