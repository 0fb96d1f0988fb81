"""Is a statement borne out by the words it points at? Asked of every sentence, whatever model wrote it.

A statement is supported by a span only if all of this holds:

- every number (with its unit), date and name in it is in the span, or in the title or headings above it;
- every other content word is there too, by its stem; only words that carry no content of their own may be
new;
- it says something the question did not say already;
- what it names comes in the span's order, and no other name stands between what it brings together, so that
  values are not swapped between subjects;
- it neither drops nor adds a denial, and drops no "may", "unconfirmed" or "planned";
- the names the question asks about are those the span is about;
- it means the same: cosine of sentence embeddings, where the embedder reads the language;
- a trained verifier, where one was promoted, has nothing against it (words quoted as they stand need none).

It errs towards refusal: a true statement in words of its own is lost, and the span is quoted in its place.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from donovan.assistant.questions import Question, read_question
from donovan.assistant.second_opinion import objection
from donovan.assistant.spans import Span
from donovan.assistant.terms import Term, carrier_stems, stems_in, terms_of, with_leading_names
from donovan.assistant.words import BOUNDS, CJK_NEGATIONS, HEDGES, NEGATIONS
from retrieval.embedding import get_embedder
from retrieval.embedding_errors import EmbedderUnavailable

LEAST_SIMILARITY = 0.42
_REACH = 4
_PLAIN_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?")

_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|above|prior|earlier|all|any|the)\b.{0,30}"
    r"\b(?:instruction|prompt|rule|message|text|context|question)s?\b"
    r"|\b(?:system|assistant|user)\s*(?:prompt|message)?\s*[:>]\s"
    r"|\byou are (?:now )?(?:a|an|the) (?:\w+ ){0,3}(?:assistant|model|ai|bot|chatbot|program)\b"
    r"|\bas an? (?:ai|assistant|language model)\b"
    r"|\b(?:answer|respond|reply|output|print|say)\b.{0,20}\b(?:only|exactly|with|instead)\b.{0,40}[\"“”':]"
    r"|\btell the (?:user|reader|analyst)\b|<\|?(?:im_start|im_end|system|endoftext)\|?>"
    r"|\b(?:ignora|olvida)\b.{0,30}\binstrucciones\b|\bигнорируй\w*\b.{0,30}\bинструкци",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Verdict:
    """Whether a statement is supported, by which span, and in words why (not)."""

    is_supported: bool
    reason: str
    span: Span | None = None
    similarity: float | None = None


def reads_like_instruction(text: str) -> bool:
    """Whether a text addresses the program instead of telling something. It may be quoted, never drawn
    upon.
    """
    return _INSTRUCTION.search(text) is not None


def verify_claim(text: str, spans: Sequence[Span], *, question: str) -> Verdict:
    """Judge one statement against the spans it may rest on; the first that bears it out is its citation.

    `question` is what the statement answers, or empty for a summary. A statement without content, or with
    nothing to rest on, is not supported.
    """
    if not spans:
        return Verdict(False, "There is nothing it could rest on.")
    asked = read_question(question, spans[0].language or "en") if question else None
    failures: list[tuple[int, str]] = []
    for span in spans:
        depth, reason = _check_words(text, span, asked)
        if reason:
            failures.append((depth, reason))
            continue
        similarity = similarity_of(text, span)
        if similarity is not None and similarity < LEAST_SIMILARITY and text.strip(" .") not in span.text:
            failures.append((8, "It does not mean what the cited words mean."))
            continue
        veto = "" if text.strip(" .") in span.text else _objection(text, span)
        if veto:
            failures.append((9, veto))
            continue
        return Verdict(True, "", span, similarity)
    return Verdict(False, max(failures, key=lambda failure: failure[0])[1])


def similarity_of(text: str, span: Span) -> float | None:
    """The cosine of statement and span, or None where no embedder reads the language."""
    shown = _shown(span)
    try:
        embedder = get_embedder()
        if not embedder.reads(span.language or "en"):
            return None
        vectors = embedder.encode([text, shown, span.text], is_query=False)
    except EmbedderUnavailable:
        return None
    return float(np.max(vectors[1:] @ vectors[0]))


def _objection(text: str, span: Span) -> str:
    return objection(text, [_shown(span), span.text], span.language or "en")


def _shown(span: Span) -> str:
    """The words of a span with the headings that say what they are about."""
    return f"{span.context} — {span.text}" if span.context else span.text


def _check_words(text: str, span: Span, question: Question | None) -> tuple[int, str]:
    """How far the statement came (for choosing the reason to show) and what it failed by, or nothing."""
    language = span.language or "en"
    claim = with_leading_names(terms_of(text, language))
    if not claim:
        return 0, "It states nothing."
    if reads_like_instruction(span.text):
        return 0, "The cited words are an instruction to the program, not a statement."
    body = with_leading_names(terms_of(span.text, language))
    context = terms_of(f"{span.context}\n", language)
    missing = _missing(claim, body, context, language)
    if missing:
        return 1, f"The cited words do not hold “{missing.surface[:60]}”."
    if question is not None:
        stranger = _strange_subject(question, span, language)
        if stranger:
            return 2, f"The cited words are not about “{stranger[:60]}”."
        if not _adds_to(claim, body, question, language):
            return 3, "It says nothing that the question did not say."
    label_end = span.text.find(":") + 1 if span.field_name else 0
    other = _other_date(claim, body, context)
    if other:
        return 4, f"The cited words say “{other[:60]}”."
    if _exchanges_names(claim, body):
        return 4, "It puts the cited words in another order, which may turn them round."
    drawn = _drawn_from_body(claim, body, context, label_end)
    window = _window(drawn, body, label_end)
    if window is None:
        return 4, "It puts the cited words in another order, which may turn them round."
    if not _numbers_belong(drawn, body):
        return 5, "It joins a number to something else than the cited words do."
    if _passes_over_name(drawn, claim, body, window):
        return 6, "It joins what the cited words say of different names."
    return 7, _changed_force(text, span, window)


def _missing(
    claim: Sequence[Term], body: Sequence[Term], context: Sequence[Term], language: str
) -> Term | None:
    """The first term of the statement that neither the span nor the headings above it hold."""
    carriers = carrier_stems(language)
    for term in claim:
        if any(term.is_borne_out_by(other) for other in body):
            continue
        if any(term.is_borne_out_by(other) for other in context):
            continue
        if term.kind == "word" and not term.is_name and term.key in carriers:
            continue
        if term.kind == "number" and _written_as_word(term, [*body, *context]):
            continue
        return term
    return None


def _written_as_word(term: Term, others: Sequence[Term]) -> bool:
    """
    "No. 4" and "4th": the same figures inside a code."""
    digits = re.sub(r"\D", "", term.surface)
    return bool(digits) and any(
        other.kind == "word" and re.fullmatch(rf"0*{digits}(?:st|nd|rd|th)?", other.key) for other in others
    )


def _strange_subject(question: Question, span: Span, language: str) -> str:
    """A name of the question that neither the span nor anything around it holds."""
    around = stems_in(f"{span.context}\n{span.text}", language) | stems_in(span.passage_text, language)
    for name, stems in zip(question.names, question.name_stems, strict=False):
        if not any(_same_name(stem, word) for stem in stems for word in around):
            return " ".join(name)
    return ""


def _same_name(stem: str, word: str) -> bool:
    return stem == word or (len(stem) >= 5 and word.startswith(stem[:-1]) and len(word) - len(stem) <= 3)


def _adds_to(claim: Sequence[Term], body: Sequence[Term], question: Question, language: str) -> bool:
    asked = terms_of(question.text, language)
    carriers = carrier_stems(language)
    return any(
        not any(term.is_borne_out_by(other) for other in asked)
        and any(term.is_borne_out_by(other) for other in body)
        and (term.is_anchor or term.key not in carriers)
        for term in claim
    )


def _other_date(claim: Sequence[Term], body: Sequence[Term], context: Sequence[Term]) -> str:
    """The date of the span where the statement has one from the headings in its place."""
    said = [term for term in claim if term.kind == "date"]
    own = [term for term in body if term.kind == "date"]
    if not own or any(term.is_borne_out_by(other) for term in said for other in own):
        return ""
    from_headings = any(term.is_borne_out_by(other) for term in said for other in context)
    return own[0].surface if from_headings else ""


def _exchanges_names(claim: Sequence[Term], body: Sequence[Term]) -> bool:
    """Whether two names stand in the statement in another order than everywhere in the span."""
    names = [term for term in claim if term.kind == "word" and term.is_name]
    places = [[i for i, other in enumerate(body) if name.is_borne_out_by(other)] for name in names]
    held = [found for found in places if found]
    return any(max(later) < min(earlier) for earlier, later in pairwise(held))


def _drawn_from_body(
    claim: Sequence[Term], body: Sequence[Term], context: Sequence[Term], label_end: int
) -> list[Term]:
    """The terms that the statement takes from the words of the span: not from its label, nor from the
    headings.
    """
    label = [term for term in body if term.end <= label_end]
    value = [term for term in body if term.end > label_end]
    around = [*label, *context]
    drawn = []
    for term in claim:
        bearers = [other for other in value if term.is_borne_out_by(other)]
        if bearers and not any(term.is_borne_out_by(other) for other in around):
            drawn.append(replace(term, is_name=term.is_name or any(other.is_name for other in bearers)))
    return drawn


def _window(drawn: Sequence[Term], body: Sequence[Term], label_end: int) -> tuple[int, int] | None:
    """The shortest stretch of the body (first and last term) that holds `drawn` in its order; None if none
    does.

    With fewer than two numbers, dates or names there is nothing to swap, and order is free.
    """
    positions = [[i for i, other in enumerate(body) if other.end > label_end and term.is_borne_out_by(other)]
                 for term in drawn]  # fmt: skip
    if not positions:
        return 0, max(0, len(body) - 1)
    if sum(term.is_anchor for term in drawn) < 2:
        firsts = [found[0] for found in positions]
        return min(firsts), max(firsts)
    best: tuple[int, int] | None = None
    for start in positions[0]:
        last = start
        for found in positions[1:]:
            # Of "points 4 and 7" nobody may make "points 7 and 7".
            following = next((i for i in found if i > last or (i == last and body[i].kind == "word")), None)
            if following is None:
                break
            last = following
        else:
            if best is None or last - start < best[1] - best[0]:
                best = (start, last)
    return best


def _numbers_belong(drawn: Sequence[Term], body: Sequence[Term]) -> bool:
    """Whether each number stands beside the same word as in the span, with no other number between them."""
    for index, term in enumerate(drawn):
        if term.kind == "word":
            continue
        neighbour = next(
            (t for t in drawn[index + 1 : index + 2] if t.kind == "word" and not t.is_name), None
        )
        if neighbour is None:
            neighbour = next(
                (t for t in drawn[max(0, index - 1) : index] if t.kind == "word" and not t.is_name), None
            )
        if neighbour is not None and not _are_neighbours(term, neighbour, body):
            return False
    return True


def _are_neighbours(number: Term, word: Term, body: Sequence[Term]) -> bool:
    numbers = [i for i, other in enumerate(body) if number.is_borne_out_by(other)]
    words = [i for i, other in enumerate(body) if word.is_borne_out_by(other)]
    for i in numbers:
        for j in words:
            between = body[min(i, j) + 1 : max(i, j)]
            if abs(i - j) <= _REACH and not any(t.kind != "word" for t in between):
                return True
    return False


def _passes_over_name(
    drawn: Sequence[Term], claim: Sequence[Term], body: Sequence[Term], window: tuple[int, int]
) -> bool:
    """Whether a name that the statement leaves out stands between the things that it brings together."""
    if len(drawn) < 2 or not any(term.is_name for term in drawn):
        return False
    for run in _name_runs(body, window):
        if not any(term.is_borne_out_by(body[i]) for term in claim for i in run):
            return True
    return False


def _name_runs(body: Sequence[Term], window: tuple[int, int]) -> Iterator[list[int]]:
    run: list[int] = []
    for index in range(window[0], window[1] + 1):
        if body[index].is_name and body[index].kind == "word":
            run.append(index)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _changed_force(text: str, span: Span, window: tuple[int, int]) -> str:
    """Whether a denial was dropped or added, or a "may" dropped. Looked for in the clauses the statement
    draws on.
    """
    body = terms_of(span.text, span.language or "en")
    start = body[window[0]].start if body else 0
    end = body[window[1]].end if body else len(span.text)
    clause = span.text[_clause_start(span.text, start) : _clause_end(span.text, end)]
    if _denials(text) and not _denials(span.text):
        return "It denies what the cited words do not deny."
    if _denials(clause) and not _denials(text):
        return "The cited words deny something, and it does not."
    said = _plain_words(text)
    dropped = next((word for word in _plain_words(clause) if word in HEDGES and word not in said), "")
    if dropped:
        return f"It states as certain what the cited words call “{dropped}”."
    bounds = {word for word in said if word in BOUNDS} - _plain_words(f"{span.context} {span.text}")
    if bounds:
        return f"The cited words do not say “{min(bounds)}”."
    return ""


def _clause_start(text: str, start: int) -> int:
    breaks = [text.rfind(mark, 0, start) + len(mark) for mark in ("; ", ". ", "\n\n") if mark in text[:start]]
    return max(breaks, default=0)


def _clause_end(text: str, end: int) -> int:
    stops = [text.find(mark, end) for mark in ("; ", ". ", "\n\n")]
    return min((stop for stop in stops if stop >= 0), default=len(text))


def _denials(text: str) -> int:
    words: list[str] = _PLAIN_WORD.findall(text.casefold())
    count = sum(word in NEGATIONS or word.endswith(("n't", "n’t")) for word in words)
    # "No. 5" numbers something; it denies nothing.
    count -= len(re.findall(r"\bno\.\s?\d", text.casefold()))
    return count + sum(text.count(mark) for mark in CJK_NEGATIONS)


def _plain_words(text: str) -> set[str]:
    """Words in lower case as written; the month of May is not the verb."""
    return {word.casefold() for word in _PLAIN_WORD.findall(text) if word != "May"}
