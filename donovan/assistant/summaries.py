"""Summarising a document, or what it says to a focus, without inventing any of it.

    pages -> telling sentences -> those that matter chosen -> drafted a few at a time -> each drafted sentence
    checked -> what no drafted sentence says is quoted -> in the order of the document, kept

The chosen sentences are the summary; the model may only say them more shortly. What it writes is shown only
where `verify_claim` finds it supported by the sentence it cites. What somebody says in a transcript is never
put into other words: it is quoted under the name of its speaker.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from donovan.assistant.claims import split_draft
from donovan.assistant.document_work import DocumentWork, events_of_work
from donovan.assistant.drafting import fact_line
from donovan.assistant.events import AskEvent
from donovan.assistant.models import Answer, Claim
from donovan.assistant.persistence import CheckedClaim, claim_data, marking_data
from donovan.assistant.ranking import Limits, choose, focus_of
from donovan.assistant.spans import Span
from donovan.assistant.telling import Sentence, Source, read_source
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
from ingest.models import Page
from retrieval.scope import AccessScope

PROMPT_NAME = "summarize"
SEED = 0
MOST_STATEMENTS = 8
FEWEST_STATEMENTS = 3
SENTENCES_A_STATEMENT = 5
SPANS_A_DRAFT = 2
DRAFT_TOKENS = 80
DRAFTING_SECONDS = 40.0
SENTENCES_A_QUOTATION = 2
MOST_WORDS = 400
WORDS_ON_A_FOCUS = 80
LONGEST_QUOTE = 500

NO_TEXT = "There is no readable text in this document, so there is nothing to summarise."
NOTHING_TOLD = (
    "No sentence of this document tells something by itself ({left_out}), so there is nothing to summarise."
)
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
    chosen: list[Sentence] = field(default_factory=list)

    def run(self) -> Iterator[AskEvent]:
        pages, title = self.pages(), str(self.document)
        source = read_source(self.answer.document_id, title, self.document.label, pages)
        language = self.main_language(pages)
        focus = focus_of(str(self.answer.filters.get("focus", "")), language)
        limits = limits_for(len(source.sentences), has_focus=bool(focus))
        chosen = choose(source.sentences, limits, language, focus=focus, title=title)
        self.chosen = chosen
        self._keep_coverage(pages, source, chosen)
        if not chosen:
            yield from self._refuse()
            return
        self.check()
        yield self.event(
            "evidence",
            {"passages": self.answer.evidence, "coverage": self.answer.coverage, "seconds": self._seconds()},
        )
        yield from self._draft_all([sentence.span for sentence in chosen if not sentence.speaker])
        said = {span for claim in self.claims if claim.is_supported for span in claim.spans}
        for group in _quoted_together(sentence for sentence in chosen if sentence.span not in said):
            self.claims.append(_quotation(group))
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
            shown = [span for claim in self.claims if claim.is_supported for span in claim.spans]
            self.answer.coverage["pages_cited"] = len({span.page for span in shown})
            self._tell_how_far(frozenset(shown))

    def _draft_all(self, chosen: Sequence[Span]) -> Iterator[AskEvent]:
        """Draft from a few neighbouring sentences at a time, as long as the time for it lasts."""
        if not chosen:
            self.answer.engine = "quotation"
            return
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
        # The example shows a small model the form; what it repeats of it, no cited span supports.
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
        left_out = str(answer.coverage.get("left_out", ""))
        answer.refused = True
        answer.text = NOTHING_TOLD.format(left_out=left_out) if left_out else NO_TEXT
        self.end(Answer.State.DONE, "refused")
        data = {"sentence": answer.text, "coverage": answer.coverage, "seconds": answer.seconds}
        yield self.event("refused", {"answer": str(answer.pk), **data, **marking_data(self.labels)})

    def _keep_coverage(self, pages: Sequence[Page], source: Source, chosen: Sequence[Sentence]) -> None:
        unreadable = sum(page.source == Page.Source.NONE for page in pages)
        self.answer.coverage = {
            "pages": len(pages),
            "pages_read": len(pages) - unreadable,
            "pages_unreadable": unreadable,
            "pages_cited": 0,
            "parts": source.parts,
            "part_name": source.part_name,
            "sentences_weighed": len(source.sentences),
            "sentences_chosen": len(chosen),
            "left_out": ", ".join(f"{what}: {count:,}" for what, count in source.left_out.most_common()),
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
            for span in (sentence.span for sentence in chosen)
        ]

    def _tell_how_far(self, shown: frozenset[Span]) -> None:
        """Count what the statements that are shown rest on, not what was chosen for them."""
        held = [sentence for sentence in self.chosen if sentence.span in shown]
        self.answer.coverage["parts_used"] = len({sentence.part for sentence in held})
        self.answer.coverage["sentences_used"] = len(held)
        self.answer.coverage["covered"] = covered(self.answer.coverage) if held else ""

    def _seconds(self) -> float:
        return round(time.monotonic() - self.began, 3)


def statements_for(sentences: int) -> int:
    """How many statements a document of so many sentences is summarised in."""
    return max(FEWEST_STATEMENTS, min(MOST_STATEMENTS, -(-sentences // SENTENCES_A_STATEMENT)))


def limits_for(sentences: int, *, has_focus: bool) -> Limits:
    """How long a summary of so many sentences is. What is asked of a focus is told in fewer words."""
    return Limits(statements_for(sentences), WORDS_ON_A_FOCUS if has_focus else MOST_WORDS)


def covered(coverage: dict[str, Any]) -> str:
    """How far a summary covers its source: "From 7 of 9 sections; 31 of 412 sentences."."""
    parts = _counted(coverage["parts_used"], coverage["parts"], coverage["part_name"])
    sentences = _counted(coverage["sentences_used"], coverage["sentences_weighed"], "sentence")
    return f"From {parts}; {sentences}."


def _counted(some: int, every: int, name: str) -> str:
    return f"{some:,} of {every:,} {name if every == 1 else name + 's'}"


def _quoted_together(chosen: Iterable[Sentence]) -> list[list[Sentence]]:
    """What is quoted in one statement: each sentence by itself, and two of one turn together."""
    groups: list[list[Sentence]] = []
    for sentence in chosen:
        last = groups[-1] if groups else []
        if (
            last
            and sentence.turn >= 0
            and last[-1].turn == sentence.turn
            and len(last) < SENTENCES_A_QUOTATION
        ):
            last.append(sentence)
        else:
            groups.append([sentence])
    return groups


def _quotation(group: Sequence[Sentence]) -> CheckedClaim:
    """The words of the page, in a transcript with the name of who says them; all of it cited."""
    spans = [sentence.span for sentence in group]
    text = spans[0].text
    for before, span in pairwise(spans):
        text += (" " if span.start - before.end <= 2 and span.page == before.page else " … ") + span.text
    text = " ".join(text.split())
    if len(text) > LONGEST_QUOTE * len(spans):
        text = text[: LONGEST_QUOTE * len(spans)].rsplit(" ", 1)[0] + " …"
    first = group[0]
    if first.speaker:
        text = f"{first.speaker}: {text}"
        spans += [first.named] if first.named is not None else []
    return CheckedClaim(text, Claim.Origin.QUOTED, True, "", None, tuple(spans))


def _place(claim: CheckedClaim) -> tuple[int, int, int]:
    """Supported claims in the order of the document, the others after them."""
    if not claim.spans:
        return (1, 0, 0)
    return (0, claim.spans[0].page, claim.spans[0].start)
