"""Cutting page text into spans: the smallest stretches that still say something on their own.

A span is one sentence of prose, one line of a list, one row of a table or one field
("Coastline: 998 km"), with its exact place in the page text. A field is never cut while it stays below a
generous cap, so that a long list of values is quoted whole, and a line that is only broken by the width of
the page is read on in the next line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from donovan.assistant.prefixes import LABELLED, LONGEST_LABEL, is_header
from donovan.assistant.prefixes import field_of as _field_of
from donovan.assistant.words import STOP_WORDS
from ingest.quotes import Quotation

LONGEST_SPAN = 1600
LONGEST_PAIR = 700
EMPTY_LINE = 2
WIDEST = 700
"""Characters of a quotation that takes in the sentences beside the one it is about."""
WRAPPED_LINE = 55

# Words that end in a dot without ending a sentence. Single letters ("D.C.") are known by their form.
_ABBREVIATIONS = """
    a.d approx apr art assn aug av ave b.c bde bldg blvd bn brig ca cap capt cf ch cie cmdr co col comdr
    corp cpl cpt dec dept dia dist div dr e.g ed eds eg esp esq est etc ext feb fig figs fn fr ft
    gen gov govt hon hq hr hrs i.e ibid ie inc incl ing insp int jan jr jul jun km lat lbs lon long
    lt ltd maj mar mgr min mm mr mrs ms msgr mt mts mtn n.b nav no nos nov nr oct op ops orig p para
    paras pfc ph.d pl pop pp pres prof pt pts pub pvt r.m rd ref regt rep rev sec secs sen sep sept
    ser sfc sgt sr sra st sta ste sub supt sv svc tel temp tn u.k u.n u.s univ v vol vols vs wt yr
    yrs núm pág dña av avda ee.uu г гг ул им др тыс млн млрд стр рис
"""
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())

_CELL = " | "
# A portion mark ("(S//REL TO USA, GBR)") and the number of a list before the words of a line.
_PORTION = re.compile(
    r"\s*(?:[-*•·–—_]\s+)?(?:\(?\d{1,3}[.,)]\s+)?"
    r"\((?:U|R|C|S|TS|CUI|FOUO|NU|NR|NC|NS)(?:/{1,2}[^()\n]{1,60})?\)\s*"
)
_LIST_MARK = re.compile(r"^\s*(?:[-*•·–—]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)])\s+")
_TERMINAL = re.compile(r"[.!?。！？…؟۔][\"'”’»)\]]*$")
_SENTENCE_END = re.compile(
    # Points in a row are tried from the first of them alone: else a page of dots costs their number squared.
    r"(?:(?<![.!?…؟۔])[.!?…؟۔]++[\"'”’»)\]]*+(?=\s)|[。！？]+[”’」』）]*"
    # A full stop and the mark of a footnote, or the next sentence with no space between.
    r"|(?<=[^\W\d_]{3})[.!?][\"”’»]?(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,2})(?=\s)"
    r"|[.!?][\"”’»)\]]*(?=[“\"«(]?[^\W\d_]))"
)
_RUN_ON = re.compile(r"[“\"«(]?(?P<word>[^\W\d_]+)(?=[\s,;:’'”\"]|$)")
# What runs into a full stop in addresses and names of files is no prose.
_NO_PROSE = re.compile(r"[@/\\_#=<>]|www|\.[^\W_]+\.")
LONGEST_BRACKET = 400
LONGEST_WORD = 200
_POINTERS = frozenset({"see", "reference", "ibid", "cf", "vgl", "véase", "voir", "см"})
# No paragraph ends with one of these: an empty line after it comes from the reading of a scan.
_BROKEN_OFF = re.compile(r"\b(?:of|the|a|an|from|to|at|by|with|and|or|in|on|for|is|are|was|were)$|[a-z],$")
# A sentence with a pronoun near its start takes its subject from the one before it.
_POINTS_BACK = re.compile(
    r"(?:it|its|they|their|he|his|she|her|this|these|that|those)\b|.{0,40}\b(?:it|they|he|she)\b",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"([\w.]+)[.]+[\"'”’»)\]]*$")
_BROKEN_WORD = re.compile(r"[^\W\d_][-‐\u00ad]$")
_LOWER_START = re.compile(r"^\s*[a-zà-öø-ÿа-яёα-ω]")


@dataclass(frozen=True)
class Span:
    """A stretch of one page that can be cited: `page_text[start:end] == text`.

    `field_name` is the part before the colon of a field line ("Elevation > highest point"), `lead` the
    nearest line above that reads as a heading, and `passage_text` the passage around it. They help to tell
    what the span speaks of; only `text` is ever quoted. `before` is the sentence before it in the same
    paragraph, `neighbours` are the stretches of prose before and after it, all with the white space between.
    `enumeration` is the rest of the enumeration that the span is part of, before and after it, and
    `is_beginning` says that the span is no more than what announces it, or its first item. `speaker` is who
    says it, where the page names those who speak in turn. `quoted` is the quotation of an earlier mail that
    the span stands in. Of a span that was widened `core` is where in `text` the first one stands.
    """

    document_id: UUID
    passage_id: int
    page: int
    start: int
    end: int
    text: str
    title: str = ""
    heading: str = ""
    label: str = ""
    language: str = ""
    lead: str = ""
    passage_text: str = field(default="", repr=False)
    before: str = field(default="", repr=False)
    neighbours: tuple[str, str] = field(default=("", ""), repr=False)
    enumeration: tuple[str, str] = field(default=("", ""), repr=False)
    is_beginning: bool = False
    speaker: str = ""
    quoted: Quotation | None = None
    core: tuple[int, int] | None = field(default=None, repr=False)

    @property
    def plain(self) -> str:
        """The words without the portion mark and list number before them: what is scored, never quoted."""
        return self.text[_mark_end(self.text) :]

    def with_before(self) -> "Span":
        """The span together with the sentence before it, to which it points back."""
        return replace(
            self,
            start=self.start - len(self.before),
            text=self.before + self.text,
            before="",
            neighbours=("", self.neighbours[1]),
        )

    def with_neighbours(self) -> "Span":
        """The span together with the prose beside it, as far as all of it is no more than WIDEST long; with
        all of the enumeration that it is part of.
        """
        before, after = self.neighbours
        if len(self.text) + len(after) > WIDEST:
            after = ""
        if len(self.text) + len(after) + len(before) > WIDEST:
            before = ""
        if any(self.enumeration):
            before, after = self.enumeration
        return replace(
            self,
            start=self.start - len(before),
            end=self.end + len(after),
            text=before + self.text + after,
            before="" if before else self.before,
            neighbours=("", ""),
            enumeration=("", ""),
            is_beginning=False,
            core=(len(before), len(before) + len(self.text)) if before or after else None,
        )

    @property
    def field_name(self) -> str:
        return field_of(self.text)

    @property
    def value(self) -> str:
        """The text after the field's label, or all of it where there is no label."""
        match = LABELLED.match(self.plain) if self.field_name else None
        return self.plain[match.end() :].strip() if match else self.text

    @property
    def context(self) -> str:
        """What names the subject of the span without being part of it."""
        return " — ".join(part for part in (self.title, self.heading, self.lead, self.speaker) if part)


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a character of one page."""
    return (one.document_id, one.page) == (other.document_id, other.page) and (
        one.start < other.end and other.start < one.end
    )


def field_of(text: str) -> str:
    """The label of a field line, or nothing; the portion mark and number before the words do not count."""
    return _field_of(text, _mark_end(text))


def _mark_end(text: str) -> int:
    match = _PORTION.match(text)
    return match.end() if match and match.end() < len(text) else 0


def sentence_before(text: str, cuts: Sequence[tuple[int, int]], index: int) -> str:
    """The span of `text` before the one at `index`, with the white space between, if both are prose of one
    paragraph.
    """
    if not index:
        return ""
    (begin, end), (start, stop) = cuts[index - 1], cuts[index]
    earlier, between = text[begin:end], text[end:start]
    if stop - begin > LONGEST_PAIR or between.count("\n") > 1 or _CELL in text[begin:stop]:
        return ""
    if not _TERMINAL.search(earlier) or field_of(earlier) or field_of(text[start:stop]):
        return ""
    if _POINTS_BACK.match(earlier):
        return sentence_before(text, cuts, index - 1) + earlier + between
    return earlier + between


def neighbours_of(text: str, cuts: Sequence[tuple[int, int]], index: int) -> tuple[str, str]:
    """The spans of `text` before and after the one at `index`, each with the white space between, or nothing
    where one of the two is no prose or more than an empty line lies between them.
    """
    start, end = cuts[index]
    before = text[cuts[index - 1][0] : start] if index else ""
    after = text[end : cuts[index + 1][1]] if index + 1 < len(cuts) else ""
    if _is_no_prose(text[start:end]):
        return "", ""
    return (
        before if before and _are_close(text[cuts[index - 1][1] : start], before) else "",
        after if after and _are_close(text[end : cuts[index + 1][0]], after) else "",
    )


def _are_close(between: str, neighbour: str) -> bool:
    return between.count("\n") <= EMPTY_LINE and not _is_no_prose(neighbour.strip())


def _is_no_prose(text: str) -> bool:
    return _CELL in text or bool(field_of(text)) or is_header(text) or _LIST_MARK.match(text) is not None


def points_back(text: str) -> bool:
    """Whether a sentence takes its subject from the one before it: a pronoun stands near its start."""
    return _POINTS_BACK.match(text) is not None


def cut(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every span of `text`, in order, without the white space around it."""
    for start, end in _blocks(text):
        yield from _sentences(text, start, end)


def lead_of(text: str, start: int) -> str:
    """The nearest line above `start` that reads as a heading: it ends with a colon or is short and has no
    full stop.
    """
    lines = text[:start].splitlines()
    for line in reversed(lines[-16:]):
        stripped = line.strip()
        if not stripped or len(stripped) > LONGEST_LABEL or _TERMINAL.search(stripped):
            continue
        if stripped.endswith(":") or stripped.startswith("#") or (stripped.isupper() and len(stripped) > 3):
            return stripped.rstrip(":").strip("#* ")
    return ""


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Lines of the page, each joined with the lines that only the page's width has divided from it."""
    begin = end = -1
    position = 0
    previous = ""
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        first = position + (len(line) - len(line.lstrip()))
        last = first + len(bare)
        position += len(line)
        if not bare:
            if begin >= 0 and not _BROKEN_OFF.search(previous):
                yield begin, end
                begin, previous = -1, ""
            continue
        if begin >= 0 and _continues(previous, bare):
            end = last
        else:
            if begin >= 0:
                yield begin, end
            begin, end = first, last
        previous = bare
    if begin >= 0:
        yield begin, end


def _continues(previous: str, line: str) -> bool:
    """Whether `line` reads on from `previous` instead of starting something new."""
    if "|" in line or "\t" in line or "|" in previous or _LIST_MARK.match(line) or LABELLED.match(line + " "):
        return False
    if _TERMINAL.search(previous):
        # A full line of prose that ends with its sentence: the paragraph goes on, the sentence does not.
        return False
    if _BROKEN_WORD.search(previous):
        return True
    if previous.endswith((":", ";")) and not _LOWER_START.match(line):
        return False
    return bool(_LOWER_START.match(line) or _BROKEN_OFF.search(previous)) or len(previous) >= WRAPPED_LINE


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    block = text[start:end]
    begin = 0
    for match in _SENTENCE_END.finditer(block):
        stop = match.end()
        if not _ends_sentence(block, begin, match.start(), stop):
            continue
        yield from _capped(text, start + begin, start + stop)
        begin = stop
        while begin < len(block) and block[begin].isspace():
            begin += 1
    if begin < len(block):
        yield from _capped(text, start + begin, end)


def _ends_sentence(block: str, begin: int, dot: int, stop: int) -> bool:
    following = block[stop:].lstrip()
    if block[dot] in "。！？":
        return True
    if following and not block[stop].isspace() and not _runs_on(block, dot, stop):
        return False
    if not following or following[0].islower():
        return False
    sentence = block[begin:stop]
    if _is_in_bracket(block, begin, stop):
        return False
    if block[dot] != ".":
        return True
    last = _LAST_WORD.search(sentence[-LONGEST_WORD:])
    word = last[1] if last else ""
    if (
        len(word) == 1
        and word.isalpha()
        and (word.isupper() or word in "pv" or sentence.strip() == f"{word}.")
    ):
        return False
    if re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        # "Washington, D.C. The city ..." ends; "D.C. Circuit" does not, and cannot be told apart: keep
        # them together.
        return False
    if word.casefold() in ABBREVIATIONS:
        return False
    # "1. The convoy" numbers a paragraph.
    return not (word.isdigit() and len(word) <= 3 and not sentence[: -len(word) - 1].strip())


def _is_in_bracket(block: str, begin: int, stop: int) -> bool:
    """Whether a bracket is open at `stop`. One that is never closed nearby is a slip, and holds nothing."""
    opened: list[int] = []
    for place in range(begin, stop):
        if block[place] == "(":
            opened.append(place)
        elif block[place] == ")" and opened:
            opened.pop()
    return bool(opened) and block.find(")", stop, opened[-1] + LONGEST_BRACKET) >= 0


def _runs_on(block: str, dot: int, stop: int) -> bool:
    """Whether a full stop without a space behind it ends a sentence: "next week.See Document 55."

    What follows begins with a capital. After a small letter any word does; after a number or a name only one
    that carries a sentence ("Warsaw.In telegram 408"), so that "ASP.Net" and "v2.Final" stay whole.
    """
    follows = _RUN_ON.match(block, stop)
    if (
        follows is None
        or not follows["word"][0].isupper()
        or (len(follows["word"]) > 1 and follows["word"].isupper())
    ):
        return False
    begin = max(block.rfind(" ", 0, dot), block.rfind("\n", 0, dot)) + 1
    before = block[begin:dot].strip("\"'“”’»()[]")
    if len(before) < 2 or not before[-1].isalnum() or _NO_PROSE.search(block[begin : follows.end()]):
        return False
    if before.isalpha() and before.islower() and len(before) > 2:
        return True
    return any(follows["word"].casefold() in words for words in STOP_WORDS.values()) or (
        follows["word"].casefold() in _POINTERS
    )


def _capped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch itself, or its parts where it is longer than a quotation should be."""
    while end - start > LONGEST_SPAN:
        window = text[start : start + LONGEST_SPAN]
        breaks = [
            window.rfind(mark) + len(mark) for mark in ("; ", ". ", ", ", " ") if window.rfind(mark) > 200
        ]
        stop = start + (breaks[0] if breaks else LONGEST_SPAN)
        yield start, start + len(text[start:stop].rstrip())
        start = stop
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end
