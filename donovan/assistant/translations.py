"""Translating a document, or one passage of it, sentence beside sentence, with the engine named.

What a job was told is in `Answer.filters`: `to` and, where given, `from` (language codes), `engine`, and
for a passage `page`, `start` and `end` in the page text. What was made is in `Answer.result["segments"]`:
{page, start, end, source, target, missing, unknown, places, translated}, where start and end lie in the page
text, and `places` are starts and ends in the target of words that were not translated.

While it is made, chunks of it are kept (translation_chunks.py): an attempt that follows one that was killed
goes on after the last of them.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from donovan.assistant.document_work import DocumentWork, Withdrawn, WorkFailed, events_of_work
from donovan.assistant.events import AskEvent
from donovan.assistant.glossary.matching import Matcher
from donovan.assistant.glossary.selectors import terms_for
from donovan.assistant.models import Answer
from donovan.assistant.persistence import marking_data
from donovan.assistant.translation_chunks import (
    SENTENCES_A_CHUNK,
    forget_chunks,
    keep_chunk,
    kept_of_pages,
    segment_data,
    segment_of,
)
from donovan.llm import get_language_model
from donovan.llm.interface import ModelUnavailable, never
from donovan.llm.languages import are_one_language, name_of
from donovan.llm.translation import (
    Segment,
    TranslationUnavailable,
    Translator,
    chosen_translator,
    joined,
    notice_about,
    segments_of,
)
from donovan.llm.translators import LanguageModelTranslator
from ingest.models import Page
from retrieval.scope import AccessScope

LONGEST_BY_MODEL_SECONDS = 600.0
PROGRESS_EVERY_SECONDS = 0.5

NO_TEXT = "There is no readable text here, so there is nothing to translate."


def translation_events(
    answer_id: uuid.UUID,
    *,
    scope: AccessScope,
    is_cancelled: Callable[[], bool] = never,
    current_scope: Callable[[], AccessScope] | None = None,
) -> Iterator[AskEvent]:
    """Work on one waiting translation and tell each step; it is kept at the end, "done" comes last."""
    yield from events_of_work(
        _TranslationWork, answer_id, scope=scope, is_cancelled=is_cancelled, current_scope=current_scope
    )


@dataclass(frozen=True)
class _Part:
    """A stretch of one page: its text, where it begins on the page, and its language."""

    page: int
    start: int
    text: str
    language: str


@dataclass
class _TranslationWork(DocumentWork):
    segments: list[tuple[_Part, Segment]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    translator: Translator | None = None
    source: str = ""
    told_at: float = 0.0
    unkept: list[dict[str, Any]] = field(default_factory=list)
    glossaries: dict[str, Matcher] = field(default_factory=dict)
    earlier: frozenset[str] = frozenset()
    used_before: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        # Of an attempt that was killed, the labels of all that it had used are kept with its chunks.
        self.earlier = frozenset(self.answer.labels)

    @property
    def labels(self) -> tuple[str, ...]:
        """The document's, and those of the terms of the glossary that were used."""
        used = self.used_before.union(*(matcher.used for matcher in self.glossaries.values()))
        return (self.document.label, *sorted(used - {self.document.label}))

    def check(self) -> None:
        super().check()
        if not all(self.current_scope().may_read(label) for label in self.labels[1:]):
            raise Withdrawn

    def run(self) -> Iterator[AskEvent]:
        told = self.answer.filters
        target = str(told.get("to") or "en")
        pages = self.pages()
        parts = self._parts(pages)
        self._keep_coverage(pages, parts)
        if not parts:
            raise WorkFailed(NO_TEXT, "no-text")
        self.source = str(told.get("from") or "") or parts[0].language or self.main_language(pages)
        self.answer.settings |= {"source": self.source, "target": target}
        foreign = [part for part in parts if not (part.language and are_one_language(part.language, target))]
        if told.get("from"):
            foreign = parts
        self.answer.result = {"from": self.source, "to": target, "segments": []}
        if not foreign:
            raise WorkFailed(
                f"This is in {name_of(target)} already, so there is nothing to translate into "
                f"{name_of(target)}.",
                "same-language",
            )
        self.check()
        kept = kept_of_pages(self.answer, pages)
        if kept:
            self.used_before = self.earlier
            self.check()
        for number, part in enumerate(parts):
            yield self.progress(number, len(parts), "pages translated")
            if part in foreign:
                yield from self._translate(part, target, kept.get(part.page, []))
            else:
                # A page that is in the wanted language already stands as it is, in its place.
                self.texts.append(part.text.strip())
        yield self.progress(len(parts), len(parts), "pages translated")
        self.check()
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
        answer = self.answer
        answer.labels = list(self.labels)
        answer.text = "\n\n".join(text for text in self.texts if text)
        answer.result = {
            **answer.result,
            "segments": [segment_data(part.page, part.start, segment) for part, segment in self.segments],
        }
        if answer.coverage:
            answer.coverage["sentences_translated"] = sum(
                segment.is_translated for _part, segment in self.segments
            )
        if self.translator is not None:
            made = [segment for _part, segment in self.segments]
            notice = self.translator.notice_for(self.source, str(answer.filters.get("to") or "en"))
            self.notices = list(dict.fromkeys([notice_about(made, notice), *self.notices]))

    def forget(self) -> None:
        super().forget()
        self.segments.clear()
        self.texts.clear()
        self.translator = None
        self.unkept.clear()
        self.glossaries.clear()
        self.used_before = frozenset()
        forget_chunks(self.answer)

    def end(self, state: Answer.State, outcome: str, *more: str) -> None:
        super().end(state, outcome, *more)
        forget_chunks(self.answer)

    def _translate(self, part: _Part, target: str, kept: list[dict[str, Any]]) -> Iterator[AskEvent]:
        source = str(self.answer.filters.get("from") or "") or part.language or self.source
        made = [segment_of(data, part.start) for data in kept]
        self.segments += [(part, segment) for segment in made]
        begin = made[-1].end if made else 0
        try:
            translator = self._translator(source, target, str(self.answer.filters.get("engine") or ""))
            results = segments_of(
                part.text[begin:],
                translator,
                source=source,
                target=target,
                requester=self.answer.owner.get_username(),
                is_cancelled=self.is_cancelled,
                known=self._glossary(source, target).known,
            )
            for result in results:
                segment = replace(result, start=begin + result.start, end=begin + result.end)
                made.append(segment)
                self.segments.append((part, segment))
                self._keep(segment_data(part.page, part.start, segment))
                if self.answer.seconds["first_token"] is None:
                    self.answer.seconds["first_token"] = round(time.monotonic() - self.began, 3)
                if time.monotonic() - self.told_at > PROGRESS_EVERY_SECONDS:
                    self.told_at = time.monotonic()
                    self.check()
                yield self.event("draft", {"text": f"{segment.target}\n"})
                if self._is_out_of_time(translator):
                    raise WorkFailed(
                        "The language model is too slow for so long a document. What it translated so far "
                        "is kept: "
                        "translate single passages, or install an Apertium pair.",
                        "too-long",
                    )
        except TranslationUnavailable as error:
            raise WorkFailed(error.sentence, "no-engine") from error
        finally:
            self.texts.append(joined(part.text, tuple(made)) if made else "")
        self._keep()
        self.check()

    def _keep(self, *segments: dict[str, Any]) -> None:
        """Keep what was made, a chunk at a time, or what there is at the end of a page."""
        self.unkept += segments
        if self.unkept and (not segments or len(self.unkept) >= SENTENCES_A_CHUNK):
            self.check()
            keep_chunk(self.answer, self.unkept, self.labels)
            self.unkept.clear()

    def _glossary(self, source: str, target: str) -> Matcher:
        if source not in self.glossaries:
            entries = terms_for(self.scope, self.document.label, source, target)
            self.glossaries[source] = Matcher(entries, source)
        return self.glossaries[source]

    def _is_out_of_time(self, translator: Translator) -> bool:
        is_model = isinstance(translator, LanguageModelTranslator)
        return is_model and time.monotonic() - self.began > LONGEST_BY_MODEL_SECONDS

    def _translator(self, source: str, target: str, engine: str) -> Translator:
        translator = chosen_translator(source=source, target=target, engine=engine or None)
        if self.translator is None or self.translator.engine != translator.engine:
            answer = self.answer
            names = [name for name in (answer.engine, translator.engine) if name]
            answer.engine = " and ".join(dict.fromkeys(names))[:120]
            answer.model = translator.model_for(source, target)[:200]
            if isinstance(translator, LanguageModelTranslator):
                answer.prompt = translator.prompt
                answer.model_digest = _digest()
            self.translator = translator
        return translator

    def _parts(self, pages: list[Page]) -> list[_Part]:
        told = self.answer.filters
        main = self.main_language(pages)
        if not told.get("page"):
            return [
                _Part(page.number, 0, page.text, page.language or main) for page in pages if page.text.strip()
            ]
        number, start, end = (int(told.get(name) or 0) for name in ("page", "start", "end"))
        page = next((page for page in pages if page.number == number), None)
        if page is None:
            raise WorkFailed(f"This document has no page {number}.", "no-page")
        end = end or len(page.text)
        text = page.text[start:end]
        return [_Part(number, start, text, page.language or main)] if text.strip() else []

    def _keep_coverage(self, pages: list[Page], parts: list[_Part]) -> None:
        unreadable = sum(page.source == Page.Source.NONE for page in pages)
        self.answer.coverage = {
            "pages": len(pages),
            "pages_read": len(parts),
            "pages_unreadable": unreadable,
            "sentences_translated": 0,
        }
        if unreadable and not self.answer.filters.get("page"):
            self.notices.append(
                f"{unreadable} of {len(pages)} pages hold no readable text and were not translated."
            )


def _digest() -> str:
    try:
        return get_language_model().digest
    except ModelUnavailable:
        return ""
