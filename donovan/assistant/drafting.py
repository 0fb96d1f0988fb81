"""The prompt of a question: the best spans as quotations, as many as the model reads in time.

Each kind of question has its own prompt and its own measure. How much of that is given is cut by the measured
speed of the model, so that a draft is ready in the seconds that are set aside for it.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from donovan.assistant.claims import split_draft
from donovan.assistant.spans import Span
from donovan.assistant.verify import reads_like_instruction
from donovan.llm.interface import GenerationRequest, LanguageModel, Message, ModelUnavailable
from donovan.llm.prompts import Prompt, load_prompt
from donovan.llm.speed import Speed
from donovan.llm.weights import PACKAGED_NAME

SPAN_CHARACTERS = 320
QUESTION_CHARACTERS = 400

DRAFT_SECONDS = 3.8
CHOSEN_DRAFT_SECONDS = 12.0
"""For reading the quotations and writing the draft. Who chooses a larger model waits longer for a better one;
the default answers within five seconds, evidence and checks included.
"""

ASSUMED = Speed(150.0, 30.0)
"""While nothing was measured: the default model on two cores that nothing else keeps busy."""

WRITING_SHARE = 0.6
CHARACTERS_A_TOKEN = 3.5
FRAME_TOKENS = 40
"""The question and the marks of the turns. The system part is the same every time and stays in memory."""

LEAST_TOKENS, LEAST_CHARACTERS = 32, 300
"""What is given however slow the machine is: less than this no question can be answered from."""

_DIVIDER = "\n---\n"
_CONTROL = re.compile(r"<\|[^|>]{0,40}\|>|[\x00-\x08\x0b-\x1f\x7f]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Budget:
    """At most so many quotations of together so many characters, and so many tokens of draft."""

    spans: int
    characters: int
    tokens: int


@dataclass(frozen=True)
class Form:
    """What a kind of question asks of a draft: its prompt, and the most that helps it."""

    prompt: str
    most: Budget


FACT = "fact"
FORMS = {
    FACT: Form("ask", Budget(6, 1400, 64)),
    "role": Form("ask", Budget(6, 1400, 64)),
    "yes-no": Form("ask_yes_no", Budget(6, 1400, 56)),
    "why-how": Form("ask_why_how", Budget(8, 2000, 96)),
    "list": Form("ask_list", Budget(16, 3200, 160)),
    "compare": Form("ask_compare", Budget(8, 2000, 128)),
    "timeline": Form("ask_timeline", Budget(12, 2800, 160)),
    "summary": Form("ask_summary", Budget(12, 2800, 128)),
}


@dataclass(frozen=True)
class Plan:
    """The prompt and the measure of one draft. `facts` is what an answer keeps of it."""

    prompt: Prompt
    budget: Budget
    speed: Speed | None

    @property
    def facts(self) -> dict[str, object]:
        return {**asdict(self.budget), "speed": asdict(self.speed) if self.speed else None}


def plan_draft(kind: str = FACT, model: LanguageModel | None = None) -> Plan:
    """How a question of this kind is put to `model`; a kind without a form of its own is put as a fact."""
    form = FORMS.get(kind, FORMS[FACT])
    speed = _speed_of(model)
    is_default = model is None or model.name.partition("+")[0] == PACKAGED_NAME
    seconds = DRAFT_SECONDS if is_default or speed is None else CHOSEN_DRAFT_SECONDS
    return Plan(load_prompt(form.prompt), budget_for(form.most, speed or ASSUMED, seconds), speed)


def budget_for(most: Budget, speed: Speed, seconds: float) -> Budget:
    """What of `most` can be read and written in `seconds`: in steps, so that a small difference of speed does
    not put the same question in other words.
    """
    tokens = min(most.tokens, _stepped(WRITING_SHARE * seconds * speed.writes, 8))
    tokens = max(tokens, LEAST_TOKENS)
    read = (seconds - tokens / speed.writes) * speed.reads - FRAME_TOKENS
    characters = max(min(most.characters, _stepped(read * CHARACTERS_A_TOKEN, 100)), LEAST_CHARACTERS)
    # As many quotations as are of use, and not so many that each is a scrap.
    spans = max(1, min(most.spans, round(characters / (most.characters / most.spans) + 0.5)))
    return Budget(spans, characters, tokens)


def _stepped(value: float, step: int) -> int:
    return int(max(value, 0.0) // step) * step


def _speed_of(model: LanguageModel | None) -> Speed | None:
    try:
        return model.speed() if model is not None else None
    except ModelUnavailable:
        return None


def spans_for_prompt(spans: Sequence[Span], budget: Budget | None = None) -> list[Span]:
    """The spans that fit, best first. What reads like an instruction to the program is never given to it."""
    measure = budget or plan_draft().budget
    chosen: list[Span] = []
    room = measure.characters
    for span in spans:
        if reads_like_instruction(span.text):
            continue
        line = fact_line(span)
        if len(chosen) == measure.spans or (chosen and len(line) > room):
            break
        chosen.append(span)
        room -= len(line)
    return chosen


def build_request(
    prompt: Prompt,
    question: str,
    spans: Sequence[Span],
    *,
    seed: int,
    requester: str,
    budget: Budget | None = None,
) -> GenerationRequest:
    """The request to the model. Its first part is the same for every question of a kind, so that it is read
    only once.
    """
    evidence = "\n".join(fact_line(span) for span in spans)
    rendered = prompt.render(evidence=evidence, question=_plain(question)[:QUESTION_CHARACTERS])
    system, _divider, user = rendered.partition(_DIVIDER)
    return GenerationRequest(
        messages=(Message("system", system.strip()), Message("user", user.strip())),
        max_tokens=(budget or plan_draft().budget).tokens,
        temperature=0.0,
        seed=seed,
        stop=("\n\n", "Question:", "Facts:"),
        requester=requester,
    )


def statements_of(draft: str, question: str, *, kind: str = FACT, is_whole: bool = True) -> list[str]:
    """The statements of a draft that are worth checking, in order, each once.

    Left out is what only copies the question, asks one itself, or says the same words again and again; of
    such a draft, or an empty one, nothing is left.
    """
    return [
        statement
        for statement in split_draft(draft, is_whole=is_whole)
        if not (asks(statement) or copies(statement, question, kind=kind) or goes_in_circles(statement))
    ]


def asks(statement: str) -> bool:
    """Whether it ends as a question does, in any script."""
    return statement.rstrip(' "”’»)').endswith(("?", "？", "؟", "⸮"))


def copies(statement: str, question: str, *, kind: str = FACT) -> bool:
    """Whether a statement has no word that the question has not. After a yes or a no it may repeat it, but
    the bare word says nothing that could be checked.
    """
    said, asked = _words(statement), _words(question)
    if kind == "yes-no":
        return len(said) < 2 or said == asked
    return set(said) <= set(asked)


def goes_in_circles(statement: str) -> bool:
    """Whether a statement repeats itself, as a small model does that finds no end: of its runs of three
    words a third or more were there before.
    """
    words = _words(statement)
    runs = [tuple(words[place : place + 3]) for place in range(len(words) - 2)]
    return len(runs) >= 6 and len(set(runs)) * 3 <= len(runs) * 2


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


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
