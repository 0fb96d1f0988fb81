"""Summarising a document without inventing any of it.

    pages -> sentences -> the telling ones chosen -> drafted a few at a time -> each drafted sentence checked
    -> what no drafted sentence says is quoted -> in the order of the document, kept

The chosen sentences are the summary; the model may only say them more shortly. What it writes is shown only
where `verify_claim` finds it borne out by the sentence it cites.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from donovan.assistant.claims import split_draft
from donovan.assistant.document_work import DocumentWork, events_of_work
from donovan.assistant.drafting import fact_line
from donovan.assistant.events import AskEvent
from donovan.assistant.keeping import CheckedClaim, claim_data, marking_data
from donovan.assistant.models import Answer, Claim
from donovan.assistant.ranking import choose
from donovan.assistant.spans import Span, cut, lead_of
from donovan.assistant.verify import reads_like_instruction, verify_claim
from donovan.llm import get_language_model
from donovan.llm.interface import (
    Event,
    Finished,
    GenerationRequest,
    LanguageModel,
    Message,
    ModelUnavailable,
    Queued,
    Restarted,
    Token,
    never,
)
from donovan.llm.prompts import Prompt, load_prompt
from ingest.models import Page, Passage
from retrieval.scope import AccessScope

PROMPT_NAME = "summarize"
SEED = 0
MOST_STATEMENTS = 8
FEWEST_STATEMENTS = 3
SENTENCES_A_STATEMENT = 5
SPANS_A_DRAFT = 2
DRAFT_TOKENS = 80
DRAFTING_SECONDS = 40.0
FEWEST_WORDS = 4
LONGEST_QUOTE = 500

NO_TEXT = "There is no readable text in this document, so there is nothing to summarise."
NO_MODEL = "The language model is not at hand, so the document's own sentences are quoted."
_DIVIDER = "\n---\n"


def summary_events(
    answer_id: uuid.UUID,
    *,
    scope: AccessScope,
    is_cancelled: Callable[[], bool] = never,
    current_scope: Callable[[], AccessScope] | None = None,
) -> Iterator[AskEvent]:
    """Work on one waiting summary and tell each step; the answer is kept at the end, "done" comes last."""
    yield from events_of_work(
        _Summary, answer_id, scope=scope, is_cancelled=is_cancelled, current_scope=current_scope
    )


@dataclass
class _Summary(DocumentWork):
    drafts: list[str] = field(default_factory=list)
    draft: str = ""
    is_whole: bool = True

    def run(self) -> Iterator[AskEvent]:
        pages = self.pages()
        spans = spans_of_pages(self.answer.document_id, str(self.document), self.document.label, pages)
        chosen = choose(spans, statements_for(len(spans)), self.main_language(pages))
        self._keep_coverage(pages, spans, chosen)
        if not chosen:
            yield from self._refuse()
            return
        self.check()
        yield self.event(
            "evidence",
            {"passages": self.answer.evidence, "coverage": self.answer.coverage, "seconds": self._seconds()},
        )
        yield from self._draft_all(chosen)
        said = {span for claim in self.claims if claim.is_supported for span in claim.spans}
        for span in chosen:
            if span not in said:
                self.claims.append(
                    CheckedClaim(_quotation(span), Claim.Origin.QUOTED, True, "", None, (span,))
                )
        self.claims.sort(key=_place)
        self.check()
        for ordinal, claim in enumerate(self.claims, start=1):
            yield self.event("claim", claim_data(ordinal, claim))
        self.end(Answer.State.DONE, "done")
        answer = self.answer
        data = {
            "text": answer.text,
            "notice": answer.notice,
            "coverage": answer.coverage,
            "seconds": answer.seconds,
        }
        yield self.event("answer", {"answer": str(answer.pk), **data, **marking_data(self.labels)})

    def settle(self) -> None:
        if not self.answer.refused:
            self.answer.text = "\n".join(claim.text for claim in self.claims if claim.is_supported)
        self.answer.draft = "\n".join(self.drafts)
        if self.answer.coverage:
            cited = {span.page for claim in self.claims for span in claim.spans}
            self.answer.coverage["pages_cited"] = len(cited)

    def _draft_all(self, chosen: Sequence[Span]) -> Iterator[AskEvent]:
        """Draft from a few neighbouring sentences at a time, as long as the time for it lasts."""
        usable = [span for span in chosen if not reads_like_instruction(span.text)]
        groups = [usable[first : first + SPANS_A_DRAFT] for first in range(0, len(usable), SPANS_A_DRAFT)]
        prompt = load_prompt(PROMPT_NAME)
        self.answer.prompt = prompt.identity
        self.answer.settings |= {"seed": SEED, "temperature": 0.0, "max_tokens": DRAFT_TOKENS}
        self.answer.settings["prompt_digest"] = prompt.digest
        try:
            model = get_language_model()
            self.answer.model, self.answer.model_digest = model.name, model.digest
            started = time.monotonic()
            for number, group in enumerate(groups):
                spent = time.monotonic() - started
                if number and spent + spent / number > DRAFTING_SECONDS:
                    # Another part would take longer than the reader should wait: the rest is quoted.
                    break
                yield self.progress(number, len(groups), "parts drafted")
                yield from self._draft_one(model, prompt, group)
            yield self.progress(len(groups), len(groups), "parts drafted")
        except ModelUnavailable as unavailable:
            self.answer.engine = "quotation"
            yield self.notice(f"{NO_MODEL} {unavailable.sentence}")

    def _draft_one(self, model: LanguageModel, prompt: Prompt, group: Sequence[Span]) -> Iterator[AskEvent]:
        self.check()
        self.draft, self.is_whole = "", True
        for event in model.generate(self._request(prompt, group), is_cancelled=self.is_cancelled):
            yield from self._follow(event)
        self.drafts.append(self.draft)
        self.check()
        for sentence in split_draft(self.draft, is_whole=self.is_whole):
            verdict = verify_claim(sentence, group, question="")
            is_new = all(claim.text != sentence for claim in self.claims)
            if is_new:
                self.claims.append(
                    CheckedClaim(
                        sentence,
                        Claim.Origin.DRAFTED,
                        verdict.is_supported,
                        verdict.reason,
                        verdict.similarity,
                        verdict.spans,
                    )
                )

    def _follow(self, event: Event) -> Iterator[AskEvent]:
        if isinstance(event, Token):
            self.draft += event.text
            if self.answer.seconds["first_token"] is None:
                self.answer.seconds["first_token"] = self._seconds()
            self.check()
            yield self.event("draft", {"text": event.text})
        elif isinstance(event, Queued):
            yield self.event("queued", {"position": event.position})
        elif isinstance(event, Restarted):
            self.draft = ""
            yield self.event("restarted", {"sentence": event.sentence})
        elif isinstance(event, Finished):
            self.is_whole = event.reason == "stop"

    def _request(self, prompt: Prompt, group: Sequence[Span]) -> GenerationRequest:
        # All of it is from one document, so its title would only be repeated.
        evidence = "\n".join(fact_line(replace(span, title="")) for span in group)
        # The example shows a small model the form; what it repeats of it, no cited span bears out.
        system, facts, summary, asked = prompt.render(evidence=evidence).split(_DIVIDER, 3)
        return GenerationRequest(
            messages=(
                Message("system", system.strip()),
                Message("user", facts.strip()),
                Message("assistant", summary.strip()),
                Message("user", asked.strip()),
            ),
            max_tokens=DRAFT_TOKENS,
            seed=SEED,
            stop=("\n\n",),
            requester=self.answer.owner.get_username(),
        )

    def _refuse(self) -> Iterator[AskEvent]:
        answer = self.answer
        answer.refused, answer.text = True, NO_TEXT
        self.end(Answer.State.DONE, "refused")
        data = {"sentence": NO_TEXT, "coverage": answer.coverage, "seconds": answer.seconds}
        yield self.event("refused", {"answer": str(answer.pk), **data, **marking_data(self.labels)})

    def _keep_coverage(self, pages: Sequence[Page], spans: Sequence[Span], chosen: Sequence[Span]) -> None:
        unreadable = sum(page.source == Page.Source.NONE for page in pages)
        self.answer.coverage = {
            "pages": len(pages),
            "pages_read": len(pages) - unreadable,
            "pages_unreadable": unreadable,
            "pages_cited": 0,
            "sentences_weighed": len(spans),
            "sentences_chosen": len(chosen),
        }
        if unreadable:
            self.notices.append(
                f"{unreadable} of {len(pages)} pages hold no readable text and are not part of this summary."
            )
        marking = marking_data(self.labels)
        self.answer.evidence = [
            {
                "passage_id": span.passage_id,
                "document": str(span.document_id),
                "title": span.title,
                "name": self.document.name,
                "page": span.page,
                "start": span.start,
                "end": span.end,
                "text": span.text,
                "heading": span.heading,
                "score": 0.0,
                **marking,
            }
            for span in chosen
        ]

    def _seconds(self) -> float:
        return round(time.monotonic() - self.began, 3)


def statements_for(sentences: int) -> int:
    """How many statements a document of so many sentences is summarised in."""
    return max(FEWEST_STATEMENTS, min(MOST_STATEMENTS, -(-sentences // SENTENCES_A_STATEMENT)))


def spans_of_pages(
    document_id: uuid.UUID | None, title: str, label: str, pages: Sequence[Page]
) -> list[Span]:
    """The sentences of a document that say something by themselves, each once, with their places."""
    if document_id is None:
        return []
    passages: dict[int, list[Passage]] = {}
    for passage in Passage.objects.filter(document_id=document_id).order_by("ordinal"):
        passages.setdefault(passage.page_id, []).append(passage)
    spans: list[Span] = []
    seen: set[str] = set()
    for page in pages:
        for start, end in cut(page.text):
            text = page.text[start:end]
            folded = " ".join(text.casefold().split())
            # A heading or a running title says nothing, and what every page repeats says it once.
            if len(folded.split()) < FEWEST_WORDS or folded in seen:
                continue
            seen.add(folded)
            around = next((p for p in passages.get(page.pk, []) if p.start < end and start < p.end), None)
            spans.append(
                Span(
                    document_id=document_id,
                    passage_id=around.pk if around else 0,
                    page=page.number,
                    start=start,
                    end=end,
                    text=text,
                    title=title,
                    heading=around.heading if around else "",
                    label=label,
                    language=page.language,
                    lead=lead_of(page.text, start),
                    passage_text=around.text if around else "",
                )
            )
    return spans


def _quotation(span: Span) -> str:
    text = " ".join(span.text.split())
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"


def _place(claim: CheckedClaim) -> tuple[int, int, int]:
    """Supported claims in the order of the document, the others after them."""
    if not claim.spans:
        return (1, 0, 0)
    return (0, claim.spans[0].page, claim.spans[0].start)
