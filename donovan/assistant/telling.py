"""Which sentences of a document tell something: what is around them is left out of a summary, and counted.

Known by form rather than by words: a letterhead and a signature are lines without a full stop in capitals, an
address holds a number to call, a greeting is a short line that ends with a comma, a footer stands on every
page. Only what has no form of its own is listed, and only where it is a closed class: the head of a letter
or a mail, and courtesies.
"""

import re
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from donovan.assistant.prefixes import HEADERS, LABELLED, is_header
from donovan.assistant.spans import Span, cut, lead_of
from donovan.assistant.terms import is_stop_word, stem_of
from donovan.assistant.turns import Turn, turn_at, turns_of
from ingest.models import Page, Passage
from ingest.values.dates import dates

FEWEST_WORDS = 4
FEWEST_LETTERS = 8
FEWEST_CONTENT_WORDS = 3
LONGEST_GREETING = 10
LONGEST_RUNNING_LINE = 14
EDGE_LINES = 3
SENTENCES_A_PART = 25
MOST_PARTS = 12

_FRAGMENT = "heading or fragment"
_FRAME = "letterhead, greeting or signature"
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_ENDS = re.compile(r"[.!?。！？…؟۔:;][\"'”’»)\]]*$")
_QUESTION = re.compile(r"[?？؟][\"'”’»)\]]*$")
_LISTED = re.compile(
    r"^\s*(?:[-*•·–]\s|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)]\s|\([A-Z]{1,3}(?:/{1,2}[^()\n]*)?\))"
)
_CONTACT = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+\.\w"
    r"|\bhttps?://|\bwww\.|\+\d[\d ()/-]{6,}|\(?\d{2,5}\)?[ /-]\d{3,}[ -]\d{2,}"
)
# A line of its own with a comma at its end, and the first sentence of the letter below it.
_GREETING = re.compile(r"[^\n.!?|]{1,80},[ \t]*\n\s*\n\s*(?=\S)")
_QUOTED_MAIL = re.compile(r"^\s*>")
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|escribió|a écrit|napisa[ol]a?|пиш[еу]т?|написал[аи]?)\s*:\s*$"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What a letter says of itself beside the headers of mail.
_HEADS = HEADERS | _words(
    "distribution copy copies copia copie kopie enclosure enclosures ref reference references page pages "
    "phone telephone tel fax mobile email e-mail web referencia teléfono correo anlage telefon téléphone "
    "телефон prilog"
)
# Words of courtesy and of leading a meeting: they carry nothing by themselves.
_COURTESY = _words(
    "thank thanks please good morning afternoon evening welcome hello hi okay ok yes no sorry pleasure "
    "grateful appreciate chair chairman chairwoman chairperson mr mrs ms madam sir speaker minister member "
    "question next turn floor hear back now go ahead gracias señora señor buenos días merci bonjour madame "
    "monsieur danke bitte guten спасибо пожалуйста добрый день hvala molim dobar dan"
)
# Somebody who speaks asks without a question mark: "Can I ask whether ..."
_ASKS = re.compile(
    r"\b(?:i|we|me|us|you)\b.{0,40}"
    r"\b(?:ask|asking|wonder|wondering|like to know|want to know|tell (?:me|us)|clarify)\b"
    r".{0,60}\b(?:if|whether|what|how|why|who|when|where|which)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Sentence:
    """A sentence that tells something. `part` is the number of the section (from 0) that it stands in.

    `above` is the last short line before it that tells nothing by itself: the heading, in most papers. In a
    transcript `speaker` says it, `named` is the place of the name on the page and `turn` the number of
    the turn; elsewhere they are empty and -1.
    """

    span: Span
    part: int = 0
    speaker: str = ""
    named: Span | None = None
    turn: int = -1
    above: str = ""


@dataclass(frozen=True)
class Source:
    """A document as a summary reads it: its telling sentences, the name of its parts and how many there are.

    `left_out` counts what was left out, by what it is.
    """

    sentences: list[Sentence] = field(default_factory=list)
    part_name: str = "section"
    parts: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def read_source(document_id: uuid.UUID | None, title: str, label: str, pages: Sequence[Page]) -> Source:
    """The telling sentences of a document, each once, with their places."""
    if document_id is None:
        return Source()
    passages: dict[int, list[Passage]] = {}
    for passage in Passage.objects.filter(document_id=document_id).order_by("ordinal"):
        passages.setdefault(passage.page_id, []).append(passage)
    texts = [page.text for page in pages]
    reader = _Reader(document_id, title, label, _running_lines(texts))
    for page, turns in zip(pages, turns_of(texts), strict=True):
        reader.read(page, turns, passages.get(page.pk, []))
    return _divided(reader)


@dataclass
class _Reader:
    """Goes through a document page by page and keeps what tells something."""

    document_id: uuid.UUID
    title: str
    label: str
    running: frozenset[str]
    found: list[Sentence] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    number: int = -1
    named: Span | None = None
    above: str = ""

    def read(self, page: Page, turns: Sequence[Turn], passages: Sequence[Passage]) -> None:
        last: Turn | None = None
        for start, end in cut(page.text):
            turn = turn_at(turns, start)
            begins = turn is not None and turn is not last and turn.named_at is not None
            last = turn
            if begins:
                self.number += 1
                self.named = None
            if turn is not None and end <= turn.start:
                continue
            greeting = _GREETING.match(page.text, start, end) if turn is None else None
            first = greeting.end() if greeting else max(start, turn.start if turn is not None else 0)
            passage = next((p for p in passages if p.start < end and first < p.end), None)
            span = self._span(page, (first, end), passage, turn)
            if turn is not None and turn.named_at is not None and self.named is None:
                begin, stop = turn.named_at
                self.named = replace(span, start=begin, end=stop, text=page.text[begin:stop])
            why = self._left_out(span, page, is_spoken=turn is not None)
            if why:
                self.left_out[why] += 1
                self.above = span.plain if why == _FRAGMENT and " | " not in span.text else self.above
            elif turn is None:
                self.found.append(Sentence(span, above=self.above))
            else:
                self.found.append(Sentence(span, 0, turn.speaker, self.named, self.number))

    def _span(self, page: Page, place: tuple[int, int], passage: Passage | None, turn: Turn | None) -> Span:
        start, end = place
        return Span(
            document_id=self.document_id,
            passage_id=passage.pk if passage else 0,
            page=page.number,
            start=start,
            end=end,
            text=page.text[start:end],
            title=self.title,
            heading=passage.heading if passage else "",
            label=self.label,
            language=page.language,
            lead="" if turn is not None else lead_of(page.text, start),
            passage_text=passage.text if passage else "",
            speaker=turn.speaker if turn is not None else "",
        )

    def _left_out(self, span: Span, page: Page, *, is_spoken: bool) -> str:
        """What a sentence is that tells nothing, or nothing where it tells something."""
        folded = " ".join(span.text.casefold().split())
        why = _form_of(span, page.text, self.running, is_spoken=is_spoken)
        if not why and folded in self.seen:
            return "repetition"
        if not why:
            self.seen.add(folded)
        return why


def _form_of(span: Span, text: str, running: frozenset[str], *, is_spoken: bool) -> str:
    words = _WORD.findall(span.plain)
    letters = len(_UNSPACED.findall(span.text))
    if letters < FEWEST_LETTERS and len(words) < FEWEST_WORDS:
        return _FRAGMENT
    line = _line_at(text, span.start)
    if _without_digits(line) in running:
        return "header or footer"
    if _QUOTED_MAIL.match(line) or _WROTE.search(span.text):
        return "earlier mail"
    if _QUESTION.search(span.text) or (is_spoken and _ASKS.search(span.text)):
        return "question"
    if _is_contact(span, words):
        return "address or signature"
    if letters < FEWEST_LETTERS and not _is_sentence(span, words, is_spoken=is_spoken):
        return _FRAME
    if _is_of_names_alone(span) and not is_spoken:
        return _FRAME
    language = span.language or "en"
    content = {stem_of(word, language) for word in words if _carries(word, language)}
    if letters < FEWEST_LETTERS and len(content) < FEWEST_CONTENT_WORDS:
        return "courtesy"
    return ""


def _carries(word: str, language: str) -> bool:
    return not is_stop_word(word, language) and word.casefold() not in _COURTESY


def _is_contact(span: Span, words: Sequence[str]) -> bool:
    """A line of the head of a letter or a mail, and one that is mostly a number to call or an address."""
    label = LABELLED.match(span.plain)
    if is_header(span.plain) or (label is not None and label["label"].strip().casefold() in _HEADS):
        return True
    contact = _CONTACT.search(span.text)
    if contact is None:
        return False
    left: list[str] = _WORD.findall(_CONTACT.sub(" ", span.text))
    return sum(word[0].islower() for word in left) < FEWEST_WORDS


def _is_sentence(span: Span, words: Sequence[str], *, is_spoken: bool) -> bool:
    """Whether it has the form of a sentence, a list item, a row or a field."""
    text = span.text.rstrip()
    if text.endswith((",", ":")) and len(words) <= LONGEST_GREETING:
        return False
    if _ENDS.search(text) or is_spoken:
        return True
    if " | " in text or _LISTED.match(text) or span.field_name:
        return True
    return _is_loose(span)


def _is_of_names_alone(span: Span) -> bool:
    """Whether a line that is no row and no field holds names and dates only: "Brezna, 12 September 2026."."""
    text = span.plain
    if " | " in text or span.field_name or not any(letter.isupper() for letter in text):
        return False
    for found in reversed(list(dates(text))):
        text = text[: found.start] + text[found.end :]
    return not any(word[0].islower() or _UNSPACED.match(word) for word in _WORD.findall(text))


def _is_loose(span: Span) -> bool:
    """Whether it may be a sentence that lost its full stop in a scan: several words, most of them small ones.

    What is mostly capitals is a letterhead or an address.
    """
    text = span.text.rstrip()
    words: list[str] = _WORD.findall(span.plain)
    if _ENDS.search(text) or " | " in text or _LISTED.match(text) or span.field_name or span.speaker:
        return False
    small = sum(word[0].islower() for word in words)
    cased = any(word[0].isupper() or word[0].islower() for word in words)
    return len(words) >= 2 * FEWEST_WORDS and (not cased or small >= 0.6 * len(words))


def _between_firm(found: Sequence[Sentence], left_out: Counter[str]) -> list[Sentence]:
    """Without the loose lines above the first whole sentence and below the last: they are head and foot."""
    firm = [place for place, sentence in enumerate(found) if not _is_loose(sentence.span)]
    if not firm:
        return list(found)
    left_out[_FRAME] += len(found) - (firm[-1] + 1 - firm[0])
    return list(found[firm[0] : firm[-1] + 1])


def _line_at(text: str, place: int) -> str:
    first = text.rfind("\n", 0, place) + 1
    last = text.find("\n", place)
    return text[first : last if last >= 0 else len(text)]


def _running_lines(pages: Sequence[str]) -> frozenset[str]:
    """Lines at the head or foot of more than one page, without digits: headers, footers, page numbers."""
    counts: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page.splitlines() if line.strip()]
        edges = {*lines[:EDGE_LINES], *lines[-EDGE_LINES:]}
        counts.update({_without_digits(line) for line in edges if len(line.split()) <= LONGEST_RUNNING_LINE})
    return frozenset(line for line, count in counts.items() if count > 1)


def _without_digits(line: str) -> str:
    return " ".join(re.sub(r"\d+", "#", line.casefold()).split())


def _divided(reader: _Reader) -> Source:
    """The sentences with the parts that they stand in: sections by their headings, pages, or equal parts."""
    found = _between_firm(reader.found, reader.left_out)
    headings = list(dict.fromkeys(sentence.span.heading for sentence in found if sentence.span.heading))
    pages = list(dict.fromkeys(sentence.span.page for sentence in found))
    if len(headings) > 1:
        places = {heading: number for number, heading in enumerate(headings)}
        at, name = [places.get(sentence.span.heading, 0) for sentence in found], "section"
    elif len(pages) > 2:
        at, name = [pages.index(sentence.span.page) for sentence in found], "page"
    else:
        parts = max(1, min(MOST_PARTS, -(-len(found) // SENTENCES_A_PART)))
        at, name = [number * parts // len(found) for number in range(len(found))], "part"
    sentences = [replace(sentence, part=part) for sentence, part in zip(found, at, strict=True)]
    return Source(sentences, name, len(set(at)), +reader.left_out)
