"""Answering a question: find, show, score, draft, check, keep.

    passages found -> shown at once -> spans scored -> none answers surely: the nearest, or nothing found
                                                     -> draft streamed -> split into claims -> each checked
                                                     -> what the draft does not deliver is quoted -> kept

Nothing the model writes is shown as fact before `verify_claim` found it supported by the span it cites.
"""

import time
import uuid
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from donovan.access.scope import scope_for
from donovan.assistant.coverage import coverage_of, nothing_found
from donovan.assistant.drafting import FACT, build_request, plan_draft, spans_for_prompt, statements_of
from donovan.assistant.endings import NEAREST_SENTENCE, left_open
from donovan.assistant.events import AskEvent
from donovan.assistant.evidence import ScoredSpan, score_spans, thresholds_in_use
from donovan.assistant.follow_ups import ANSWERS_LOOKED_BACK, read_after
from donovan.assistant.kinds import Taken, take
from donovan.assistant.kinds.asking import asked_of
from donovan.assistant.made_by import models_in_use
from donovan.assistant.models import Answer, Claim
from donovan.assistant.nearest import nearest_of, without_labels
from donovan.assistant.persistence import CheckedClaim, checked, claim_data, keep, marking_data, passage_data
from donovan.assistant.questions import language_of_question
from donovan.assistant.quoting import is_delivered, quotations
from donovan.assistant.reading import (
    PASSAGES_SHOWN,
    Found,
    find_passages,
    oddities_of,
    scope_and_filters,
    spans_of,
)
from donovan.assistant.reconciliation.groups import Resolution, Standing
from donovan.assistant.reconciliation.resolving import resolve
from donovan.assistant.selectors import readable_among
from donovan.assistant.stating import best_answers, is_answered, stated
from donovan.assistant.verify import verify_claim
from donovan.llm import get_language_model
from donovan.llm.interface import Finished, ModelUnavailable, Queued, Restarted, Token, never
from retrieval.results import SearchFilters
from retrieval.scope import AccessScope

SEED = 0
SPANS_CHECKED_AGAINST = 6

WITHDRAWN = "Something this answer rests on was withdrawn from you while it was written, so it was stopped."
NO_MODEL = "The language model is not at hand, so the evidence itself is quoted."


class _Withdrawn(Exception):
    """What the answer rests on may no longer be read."""


class _Cancelled(Exception):
    """The person who asked stopped it."""


def answer_events(
    answer_id: uuid.UUID,
    *,
    scope: AccessScope,
    is_cancelled: Callable[[], bool] = never,
    current_scope: Callable[[], AccessScope] | None = None,
    left_out: frozenset[uuid.UUID] = frozenset(),
) -> Iterator[AskEvent]:
    """Work on one answer and tell each step; at the end it is saved, with its record, in one transaction.

    `scope` bounds what is read. `current_scope` is asked again before every event that shows something and
    before saving (default: what the owner may read at that moment), so that what is withdrawn meanwhile is
    shown no more.
    `left_out` are documents treated as absent (evaluation only). The last event is always "done".
    """
    answer = Answer.objects.select_related("owner", "thread").get(pk=answer_id)
    owner = answer.owner
    work = _Work(answer, scope, is_cancelled, current_scope or (lambda: scope_for(owner)), left_out)
    try:
        yield from work.run()
    except _Cancelled:
        work.stop(Answer.State.CANCELLED, "You stopped this answer. What was found so far is kept.")
        yield AskEvent("notice", {"sentence": answer.notice}, tuple(answer.labels))
    except _Withdrawn:
        work.forget()
        work.stop(Answer.State.FAILED, WITHDRAWN)
        yield AskEvent("failed", {"sentence": WITHDRAWN, "code": "withdrawn"})
    yield AskEvent("done", {"state": answer.state})


@dataclass
class _Work:
    """One answer in the making."""

    answer: Answer
    scope: AccessScope
    is_cancelled: Callable[[], bool]
    current_scope: Callable[[], AccessScope]
    left_out: frozenset[uuid.UUID]
    began: float = field(default_factory=time.monotonic)
    notices: list[str] = field(default_factory=list)
    claims: list[CheckedClaim] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    filters: SearchFilters = field(default_factory=SearchFilters)
    draft: str = ""
    is_whole: bool = True
    kind: str = FACT
    spans_given: int = 0

    def run(self) -> Iterator[AskEvent]:
        waiting = Answer.objects.filter(pk=self.answer.pk, state=Answer.State.WAITING)
        waiting.update(state=Answer.State.RUNNING)
        self.answer.seconds = {"retrieval": 0.0, "first_token": None, "total": 0.0}
        self.answer.settings = {**self.answer.settings, "models": models_in_use()}
        text = yield from self._as_read()
        found = yield from self._find(text)
        self.answer.coverage["passages_read"] = len(found.hits)
        score_once = cache(lambda: score_spans(found.question, spans_of(found)))
        asked = asked_of(found, self.filters, self.left_out, score_once)
        self.kind = asked.kind
        taken = take(asked)
        if taken is not None:
            if taken.is_quoted:
                yield from self._write(found, score_once())
                yield from self._verify(text, score_once(), Resolution(()))
            yield from self._tell(taken)
            yield from self._finish()
            return
        scored = score_once()
        self.answer.coverage["spans_weighed"] = len(scored)
        self.check()
        ending = self._ending(scored)
        if ending != Answer.Ending.ANSWERED:
            yield from self._leave_open(ending, scored)
            return
        answers = stated(scored)
        self.labels.update(item.span.label for item in answers)
        related = [(item.span, item.score) for item in scored]
        resolution = resolve(found.question, [item.span for item in answers], related, self.scope)
        self.labels |= resolution.labels
        self.check()
        for sentence in resolution.notices:
            yield self._notice(sentence)
        yield from self._write(found, [item for item in scored if not resolution.is_superseded(item.span)])
        yield from self._verify(text, scored, resolution)
        yield from self._finish()

    def check(self) -> None:
        """Stop when the reader stopped it, or may no longer read what it rests on."""
        if self.is_cancelled():
            raise _Cancelled
        if self.labels:
            current = self.current_scope()
            if not all(current.may_read(label) and self.scope.may_read(label) for label in self.labels):
                raise _Withdrawn

    def stop(self, state: Answer.State, sentence: str) -> None:
        """Keep what there is of an answer that ends early."""
        self.answer.ending, self.answer.refused = "", False
        self.answer.state = state
        self.answer.notice = " ".join([*self.notices, sentence])
        self._settle()
        keep(self.answer, self.claims, outcome=str(state))

    def forget(self) -> None:
        """Drop everything that came from documents."""
        self.labels.clear()
        self.claims.clear()
        self.notices.clear()
        self.draft = ""
        self.answer.evidence, self.answer.coverage, self.answer.index_generation = [], {}, ""
        self.answer.result, self.answer.text, self.answer.read_as = {}, "", ""
        self.answer.settings.pop("asked_as", None)
        self.answer.settings.pop("leans_on", None)
        self.answer.engine = ""

    def _as_read(self) -> Generator[AskEvent, None, str]:
        """The question as it reads after the answers before it in its thread."""
        answer, scope = self.answer, self.current_scope()
        if answer.thread is None or answer.is_literal:
            return answer.question
        earlier = Answer.objects.filter(
            thread=answer.thread, kind=Answer.Kind.ASK, created_at__lt=answer.created_at
        ).order_by("-created_at")[:ANSWERS_LOOKED_BACK]
        readable = readable_among(self.scope, readable_among(scope, list(earlier)))
        reading = read_after(answer.question, language_of_question(answer.question), readable)
        if reading is None or reading.text == answer.question:
            return answer.question
        self.labels |= reading.labels
        answer.read_as = reading.text
        answer.settings["leans_on"] = sorted(
            {str(source.document_id) for one in readable for source in one.sources.all()}
        )
        self.check()
        yield self._event("read_as", {"text": reading.text})
        return reading.text

    def _find(self, text: str) -> Generator[AskEvent, None, Found]:
        started = time.monotonic()
        answer = self.answer
        self.scope = AccessScope(self.scope.labels & self.current_scope().labels)
        scope, self.filters = scope_and_filters(self.scope, answer.filters)
        found = find_passages(text, language_of_question(text), scope, self.filters, left_out=self.left_out)
        answer.seconds["retrieval"] = round(time.monotonic() - started, 3)
        self.labels.update(hit.label for hit in found.hits[:PASSAGES_SHOWN])
        answer.coverage = coverage_of(
            scope,
            documents_searched=found.documents_searched,
            passages_searched=found.passages_searched,
            only=self.filters.documents,
        )
        answer.index_generation = found.generation
        answer.evidence = [passage_data(hit) for hit in found.hits[:PASSAGES_SHOWN]]
        answer.settings |= {
            "seed": SEED,
            "temperature": 0.0,
            "asked_as": text,
            "passages_read": [hit.passage_id for hit in found.hits],
            "searched_by": dict(found.models),
        }
        self.check()
        told = {"coverage": answer.coverage, "seconds": answer.seconds["retrieval"]}
        yield self._event("evidence", {"passages": answer.evidence} | told)
        for sentence in found.notices or oddities_of(text, found):
            yield self._notice(sentence)
        return found

    def _tell(self, taken: Taken) -> Iterator[AskEvent]:
        """The statements of a kind of question that has a way of its own."""
        self.answer.engine = self.answer.engine or taken.kind
        self.answer.result = {**self.answer.result, "form": taken.form, **taken.facts}
        self.labels |= taken.labels
        self.check()
        for sentence in taken.notices:
            yield self._notice(sentence)
        for told in taken.statements:
            if taken.is_quoted and not told.head and is_delivered(told.spans[0], self.claims):
                continue
            yield from self._add(checked(told))

    def _write(self, found: Found, scored: list[ScoredSpan]) -> Iterator[AskEvent]:
        """Stream a draft. A model that is not there is no failure: the evidence is quoted."""
        try:
            model = get_language_model()
            plan = plan_draft(self.kind, model)
        except ModelUnavailable as unavailable:
            yield from self._quote_instead(unavailable)
            return
        best = best_answers(scored, most=plan.budget.spans, share=0.15)
        spans = spans_for_prompt([item.span for item in best], plan.budget)
        self.spans_given = len(spans)
        self.answer.prompt = plan.prompt.identity
        self.answer.settings["prompt_digest"] = plan.prompt.digest
        self.answer.settings["max_tokens"] = plan.budget.tokens
        self.answer.settings["budget"] = plan.facts
        self.answer.settings["spans_given"] = [[str(s.document_id), s.page, s.start, s.end] for s in spans]
        self.labels.update(span.label for span in spans)
        self.check()
        if not spans:
            return
        request = build_request(
            plan.prompt,
            self.answer.settings["asked_as"],
            spans,
            seed=SEED,
            requester=self.answer.owner.get_username(),
            budget=plan.budget,
        )
        try:
            self.answer.model, self.answer.model_digest = model.name, model.digest
            for event in model.generate(request, is_cancelled=self.is_cancelled):
                yield from self._follow(event)
        except ModelUnavailable as unavailable:
            yield from self._quote_instead(unavailable)

    def _quote_instead(self, unavailable: ModelUnavailable) -> Iterator[AskEvent]:
        self.draft = ""
        self.answer.engine = "quotation"
        yield self._notice(f"{NO_MODEL} {unavailable.sentence}")

    def _follow(self, event: object) -> Iterator[AskEvent]:
        if isinstance(event, Token):
            self.draft += event.text
            if self.answer.seconds["first_token"] is None:
                self.answer.seconds["first_token"] = round(time.monotonic() - self.began, 3)
            self.check()
            yield self._event("draft", {"text": event.text})
        elif isinstance(event, Queued):
            yield self._event("queued", {"position": event.position})
        elif isinstance(event, Restarted):
            self.draft = ""
            yield self._event("restarted", {"sentence": event.sentence})
        elif isinstance(event, Finished):
            self.is_whole = event.reason == "stop"
            self.answer.settings["finished"] = event.reason
            self.answer.settings["prompt_tokens"] = event.prompt_tokens
            self.answer.settings["completion_tokens"] = event.completion_tokens
            self.check()

    def _verify(self, text: str, scored: list[ScoredSpan], resolution: Resolution) -> Iterator[AskEvent]:
        """Check each sentence of the draft, then quote what it leaves out."""
        most = max(SPANS_CHECKED_AGAINST, self.spans_given)
        spans = [item.span for item in best_answers(scored, most=most, share=0.15)]
        for sentence in statements_of(self.draft, text, kind=self.kind, is_whole=self.is_whole):
            verdict = verify_claim(sentence, spans, question=text)
            cited = verdict.spans
            standing, day = resolution.of(cited[0]) if cited else ("", None)
            if verdict.is_supported and standing == Standing.SUPERSEDED:
                # What took its place is told first; it is quoted after that, as what it is.
                continue
            yield from self._add(
                CheckedClaim(
                    sentence,
                    Claim.Origin.DRAFTED,
                    verdict.is_supported,
                    verdict.reason,
                    verdict.similarity,
                    cited,
                    standing,
                    day,
                )
            )
        for best, shown, chance in quotations(resolution, scored):
            if is_delivered(best, self.claims):
                continue
            standing, day = resolution.of(best)
            yield from self._add(
                CheckedClaim(
                    shown[0].text,
                    Claim.Origin.QUOTED,
                    True,
                    similarity=chance,
                    spans=shown,
                    core=shown[0].core,
                    standing=standing,
                    day=day,
                )
            )

    def _add(self, claim: CheckedClaim) -> Iterator[AskEvent]:
        self.labels |= claim.labels
        self.check()
        self.claims.append(claim)
        yield self._event("claim", claim_data(len(self.claims), claim))

    def _ending(self, scored: list[ScoredSpan]) -> Answer.Ending:
        if is_answered(scored, self.kind):
            return Answer.Ending.ANSWERED
        return left_open(max((item.score for item in scored), default=None), thresholds_in_use())

    def _leave_open(self, ending: Answer.Ending, scored: list[ScoredSpan]) -> Iterator[AskEvent]:
        """Show the nearest evidence; where that is none, say what was searched in vain."""
        answer = self.answer
        rows = nearest_of(scored, self.scope) if ending == Answer.Ending.NEAREST else []
        self.labels.update(row["label"] for row in rows)
        answer.ending = ending if rows else Answer.Ending.NOTHING
        answer.refused, answer.state = not rows, Answer.State.DONE
        answer.notice = " ".join(self.notices)
        if rows:
            answer.result = {**answer.result, "nearest": rows}
        self._settle()
        if not rows:
            answer.text = nothing_found(answer.coverage)
        self.check()
        keep(answer, [], outcome="done" if rows else "refused")
        data: dict[str, Any] = {"answer": str(answer.pk), "notice": answer.notice, "seconds": answer.seconds}
        data |= {"coverage": answer.coverage, **marking_data(self.labels)}
        if rows:
            shown = {"sentence": NEAREST_SENTENCE, "nearest": without_labels(rows)}
            yield self._event("nearest", {**data, **shown})
        else:
            yield self._event("refused", {**data, "sentence": answer.text})

    def _finish(self) -> Iterator[AskEvent]:
        answer = self.answer
        answer.ending, answer.state = Answer.Ending.ANSWERED, Answer.State.DONE
        answer.notice = " ".join(self.notices)
        self._settle()
        self.check()
        keep(answer, self.claims, outcome="done")
        data: dict[str, Any] = {"text": answer.text, "notice": answer.notice, "coverage": answer.coverage}
        data["seconds"] = answer.seconds
        yield self._event("answer", {"answer": str(answer.pk), **data, **marking_data(self.labels)})

    def _settle(self) -> None:
        """What every ending has in common."""
        answer = self.answer
        stated = [c for c in self.claims if c.is_supported and c.standing != Claim.Standing.SUPERSEDED]
        answer.text = "\n".join(claim.line for claim in stated)
        answer.draft = self.draft
        if (now := models_in_use()) != answer.settings.get("models"):
            # A model was promoted while this was made, so it may have had a part in it too.
            answer.settings["models_at_end"] = now
        answer.labels = sorted(self.labels)
        answer.marking = marking_data(self.labels)["marking"]
        answer.seconds["total"] = round(time.monotonic() - self.began, 3)

    def _notice(self, sentence: str) -> AskEvent:
        self.notices.append(sentence)
        return self._event("notice", {"sentence": sentence})

    def _event(self, kind: str, data: dict[str, Any]) -> AskEvent:
        return AskEvent(kind, data, tuple(sorted(self.labels)))
