"""The prompt of a question: the best spans as quotations, short enough for a small model on two cores."""

import re
from collections.abc import Sequence

from donovan.assistant.spans import Span
from donovan.assistant.verify import reads_like_instruction
from donovan.llm.interface import GenerationRequest, Message
from donovan.llm.prompts import Prompt

LONGEST_DRAFT_TOKENS = 64
MOST_SPANS = 4
SPAN_CHARACTERS = 320
EVIDENCE_CHARACTERS = 700
QUESTION_CHARACTERS = 400

_DIVIDER = "\n---\n"
_CONTROL = re.compile(r"<\|[^|>]{0,40}\|>|[\x00-\x08\x0b-\x1f\x7f]")


def spans_for_prompt(spans: Sequence[Span]) -> list[Span]:
    """The spans that fit, best first. What reads like an instruction to the program is never given to it."""
    chosen: list[Span] = []
    room = EVIDENCE_CHARACTERS
    for span in spans:
        if reads_like_instruction(span.text):
            continue
        line = fact_line(span)
        if len(chosen) == MOST_SPANS or (chosen and len(line) > room):
            break
        chosen.append(span)
        room -= len(line)
    return chosen


def build_request(
    prompt: Prompt, question: str, spans: Sequence[Span], *, seed: int, requester: str
) -> GenerationRequest:
    """The request to the model. Its first part is the same for every question, so that it is read only
    once.
    """
    evidence = "\n".join(fact_line(span) for span in spans)
    rendered = prompt.render(evidence=evidence, question=_plain(question)[:QUESTION_CHARACTERS])
    system, _divider, user = rendered.partition(_DIVIDER)
    return GenerationRequest(
        messages=(Message("system", system.strip()), Message("user", user.strip())),
        max_tokens=LONGEST_DRAFT_TOKENS,
        temperature=0.0,
        seed=seed,
        stop=("\n\n", "Question:", "Facts:"),
        requester=requester,
    )


def fact_line(span: Span) -> str:
    """One quotation as the model sees it: its subject, if it has one, and its words on one line."""
    subject = " — ".join(part for part in (span.title, span.lead) if part)
    text = _plain(span.text)
    if len(text) > SPAN_CHARACTERS:
        text = text[:SPAN_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return f"- [{_plain(subject)[:80]}] {text}" if subject else f"- {text}"


def _plain(text: str) -> str:
    """One line without control characters and without the marks that divide turns for the model."""
    return " ".join(_CONTROL.sub(" ", text).split())
