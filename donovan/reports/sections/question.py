"""Questions, each answered from the documents: every sentence is a claim that was checked against its
page.
"""

import uuid

from donovan.access.scope import scope_for
from donovan.assistant.ask import answer_events
from donovan.assistant.models import Answer, Claim, Thread
from donovan.assistant.services import QuestionRefused, set_thread_archived, start_question
from donovan.reports.errors import ReportError
from donovan.reports.sections.citing import cited_nearest, cited_span
from donovan.reports.sections.contract import (
    Field,
    Made,
    MadeParagraph,
    MadeStatement,
    SectionKind,
    SectionWork,
)
from donovan.reports.sections.period import LATEST, Period, period_of
from donovan.reports.sections.subject import EVENT, SUBJECT, THING, fitting, subject_of
from ingest.models import Document
from retrieval.scope import AccessScope

MOST_QUESTIONS = 12
_OTHERWISE = ((THING, "a thing"), (EVENT, "an event"))


class QuestionSection(SectionKind):
    name = "question"
    title = "Questions"
    purpose = "One or more questions, answered from the documents sentence by sentence, each with its source."
    fields = (
        Field(
            "questions",
            "Questions",
            kind="lines",
            is_required=True,
            help=f"One a line, {MOST_QUESTIONS} at most. One that begins with kinds in brackets, such as "
            "[person place], is asked only of such subjects.",
        ),
        Field("date_from", "Documents dated from", help=f"A date like 2026-03-31, “{LATEST}”, or empty."),
        Field("date_to", "to", help="A date like 2026-03-31, or empty."),
        SUBJECT,
        Field("otherwise", "If nothing names it, it is", kind="choice", default=THING, choices=_OTHERWISE),
    )

    def make(self, work: SectionWork) -> Made:
        subject = subject_of(
            work.scope, work.settings.get("subject", ""), otherwise=work.settings.get("otherwise") or THING
        )
        questions = questions_of(fitting(work.settings.get("questions", ""), subject.kind))
        period = period_of(
            {"since": work.settings.get("date_from", ""), "until": work.settings.get("date_to", "")},
            work.scope,
        )
        filters = _filters(work, period)
        blocks: list[MadeParagraph] = []
        used: dict[uuid.UUID, str] = subject.used | period.used
        unanswered: list[str] = []
        unsure: list[str] = []
        failed: list[tuple[str, str]] = []
        given: set[str] = set()
        engines: dict[str, None] = {}
        shown: set[str] = set()
        for number, question in enumerate(questions):
            work.on_progress(number, len(questions), question)
            try:
                answer = answered(work, str(number), question, filters, part=(number, len(questions)))
            except ReportError as error:
                # The other questions are answered all the same; the reader is told of this one.
                failed.append((question, error.sentence))
                continue
            used |= used_by(answer)
            given.update(answer.labels)
            engines.update(dict.fromkeys(engine_of(answer)))
            paragraph = _paragraph(answer, shown)
            if paragraph.statements:
                blocks.append(paragraph)
            elif answer.ending == Answer.Ending.NEAREST:
                unsure.append(question)
                blocks.append(MadeParagraph(nearest_statements(answer, f"“{question}”")))
            elif answer.refused or not answer.text:
                unanswered.append(question)
        work.on_progress(len(questions), len(questions), "")
        if len(failed) == len(questions):
            raise ReportError(failed[0][1])
        return Made(
            tuple(blocks),
            used,
            frozenset(given),
            notice=" ".join(filter(None, [_notice(unanswered, unsure), *map(_failure, failed)])),
            engine="; ".join(engines),
        )


def questions_of(text: str) -> list[str]:
    """One question a line. Raises ReportError when there are none, or too many."""
    questions = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not questions:
        raise ReportError("There is no question in this section. Write one, or take the section out.")
    if len(questions) > MOST_QUESTIONS:
        raise ReportError(
            f"A section takes {MOST_QUESTIONS} questions; this one has {len(questions)}. Divide it."
        )
    return questions


def answered(
    work: SectionWork, key: str, question: str, filters: dict[str, str], *, part: tuple[int, int]
) -> Answer:
    """The settled answer to a question; one that an interrupted attempt has finished is taken as it is.

    Raises ReportError when it cannot be asked or ended in failure, and what `on_progress` raises.
    """
    kept = work.kept.get(key, {})
    if kept.get("question") == question and kept.get("filters") == filters:
        earlier = Answer.objects.filter(pk=kept["answer"], owner=work.author, state=Answer.State.DONE).first()
        if earlier is not None and all(work.scope.may_read(label) for label in earlier.labels):
            return earlier
    try:
        # Each question of a section stands for itself: none is read after the one before it.
        started = start_question(
            work.author, question, thread=_thread(work), filters=filters, is_literal=True
        )
    except QuestionRefused as refusal:
        raise ReportError(refusal.sentence) from refusal
    if started.thread is not None:
        # The answers belong to the report; the list of one's own threads stays as it was.
        set_thread_archived(work.author, started.thread, is_archived=True)
        work.keep("thread", str(started.thread.pk))

    def current_scope() -> AccessScope:
        return AccessScope(work.scope.labels & scope_for(work.author).labels)

    for event in answer_events(started.pk, scope=work.scope, current_scope=current_scope):
        if event.kind != "draft":
            work.on_progress(*part, question)
    answer = Answer.objects.get(pk=started.pk)
    if answer.state != Answer.State.DONE:
        raise ReportError(answer.notice or "The question could not be answered. Make the section again.")
    work.keep(key, {"question": question, "filters": filters, "answer": str(answer.pk)})
    return answer


def used_by(answer: Answer) -> dict[uuid.UUID, str]:
    """The documents that were shown to the model or cited, with their labels."""
    shown = {passage["document"] for passage in answer.evidence}
    shown |= {document for document, *_place in answer.settings.get("spans_given", [])}
    shown |= {row["document"] for row in answer.result.get("nearest", [])}
    used = dict(Document.objects.filter(pk__in=shown, label__in=answer.labels).values_list("pk", "label"))
    for claim in answer.claims.prefetch_related("citations"):
        used.update({citation.document_id: citation.label for citation in claim.citations.all()})
    return used


def engine_of(answer: Answer) -> list[str]:
    """The model and the prompt behind an answer, in words."""
    model = answer.model or answer.engine
    return [" with prompt ".join(part for part in (model, answer.prompt) if part)] if model else []


def _thread(work: SectionWork) -> Thread | None:
    kept = work.kept.get("thread")
    return Thread.objects.filter(pk=kept, owner=work.author).first() if kept else None


def _filters(work: SectionWork, period: Period) -> dict[str, str]:
    filters = {"collection": work.collection} if work.collection else {}
    if period.since:
        filters["date_from"] = period.since.isoformat()
    if period.until:
        filters["date_to"] = period.until.isoformat()
    return filters


def _paragraph(answer: Answer, shown: set[str]) -> MadeParagraph:
    """The supported claims that no earlier question of the section has brought already."""
    statements = []
    for claim in answer.claims.prefetch_related("citations__document"):
        # A number or a verdict belongs to its own question, however often its words come.
        is_again = claim.text in shown and claim.origin != Claim.Origin.COMPUTED
        if not claim.is_supported or is_again:
            continue
        shown.add(claim.text)
        cited = tuple(cited_span(citation) for citation in claim.citations.all())
        words = f"“{claim.text}”" if claim.origin == Claim.Origin.QUOTED else claim.text
        words = f"{claim.head}: {words}" if claim.head else words
        statements.append(MadeStatement(words, "supported", cited))
    return MadeParagraph(tuple(statements))


def nearest_statements(answer: Answer, asked: str) -> tuple[MadeStatement, ...]:
    """What comes closest to what was `asked`, quoted; said to be no more than that."""
    row = answer.result["nearest"][0]
    head = f"No sentence answers {asked} surely. This comes closest ({row['chance_in_words']}):"
    reason = "The words that follow stand there; whether they answer is for the reader to say."
    quoted = MadeStatement(f"“{row['text']}”", "supported", (cited_nearest(row),))
    return MadeStatement(head, "not checked", reason=reason), quoted


def _notice(unanswered: list[str], unsure: list[str]) -> str:
    told = []
    if unanswered:
        told.append(f"Nothing that answers was found in what was searched: {' '.join(unanswered)}")
    if unsure:
        told.append(f"Not surely answered, only the nearest evidence is quoted: {' '.join(unsure)}")
    return " ".join(told)


def _failure(failed: tuple[str, str]) -> str:
    question, sentence = failed
    return f"“{question}” could not be answered: {sentence} Make the section again to ask it once more."
