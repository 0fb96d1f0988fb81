"""Heads, feet, page numbers and the like, found across the pages of a document, so that passages can do
without them.

They stay in the text of their pages: only what passages are cut from is made smaller. No word is lost to
search: where the words of a running line stand nowhere else, the first line that holds them stays.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.identify import IMAGES
from ingest.page_edges import EdgeLine, Layout, Line, layout_of
from ingest.page_numbers import PAGE_WORDS, Folded, folded, is_bare, is_page_number
from ingest.protocol import PageRead
from ingest.running_groups import (
    Group,
    Member,
    groups_of,
    is_form,
    is_frequent,
    is_in_margin,
    mirrored,
    settle,
    without_attached,
)

Span = tuple[int, int]
# The kinds whose pages are those of print; all others are divided here, and nothing runs over them.
PAGED = IMAGES | {"pdf", "djvu", "text"}
# A piece of text shorter than this is no passage by itself.
_CRUMB = 60
# A column of line numbers read by itself has at least so many.
_FEWEST_NUMBERS = 15
_SHORTEST_WORD = 4
_WORD = re.compile(r"\w+(?:[/.\-]\w+)*")
_NAMED_PATTERNS = 3
_PATTERN_CHARACTERS = 80


@dataclass(frozen=True)
class Running:
    """By place of the page in the document: the spans of its text to leave out, in order, and those of
    feet that stay, which are no headings. `patterns` are lines as a reader would name them, the most
    frequent first.
    """

    left_out: tuple[tuple[Span, ...], ...]
    feet: tuple[tuple[Span, ...], ...]
    patterns: tuple[str, ...]

    @property
    def page_count(self) -> int:
        return sum(bool(spans) for spans in self.left_out)

    @property
    def sentence(self) -> str:
        """What was left out, in words; empty where nothing was."""
        if not self.page_count:
            return ""
        named = ", ".join(self.patterns[:_NAMED_PATTERNS])
        more = f" and {len(self.patterns) - _NAMED_PATTERNS} more" * (len(self.patterns) > _NAMED_PATTERNS)
        return f"running lines on {self.page_count:,} page{'s' * (self.page_count > 1)}: {named}{more}"


def running_lines(pages: Sequence[PageRead], kind: str = "pdf") -> Running:
    """Find what runs at the edges of these pages, all of one document and in order. Linear in the pages.

    `kind` is what the document was found to be, as in `ingest.identify.KINDS`.
    """
    if kind not in PAGED:
        return Running(((),) * len(pages), ((),) * len(pages), ())
    layouts = [layout_of(page) for page in pages]
    edges = [
        (edge, folded(edge.line.text, is_ocr=layout.page.source == "ocr"))
        for index, layout in enumerate(layouts)
        for edge in layout.edge_lines(index)
    ]
    with_text = sum(bool(layout.lines) for layout in layouts)
    found = groups_of(layouts, edges)
    sides = mirrored(found)
    groups = [g for g in found if settle(g, layouts, sides) and is_frequent(g, layouts, with_text)]
    if is_form(layouts):
        groups = [group for group in groups if group.is_number]
    groups += _page_numbers(layouts, _not_in(edges, groups), is_short=with_text <= 2)
    groups = without_attached(groups, layouts)
    if with_text <= 2:
        groups += _banners(layouts, _not_in(edges, groups), groups)
    return _decided(layouts, groups, _line_numbers(layouts))


def _not_in(
    edges: Sequence[tuple[EdgeLine, Folded]], groups: Sequence[Group]
) -> list[tuple[EdgeLine, Folded]]:
    taken = {id(member.edge) for group in groups for member in group.members}
    return [pair for pair in edges if id(pair[0]) not in taken]


def _page_numbers(
    layouts: Sequence[Layout], edges: Sequence[tuple[EdgeLine, Folded]], *, is_short: bool
) -> list[Group]:
    """Page numbers that are unmistakable by themselves; in a short document, which cannot show much by
    repeating, also the page's own number alone or set off in the margin.
    """
    return [
        Group(edge.is_head, fold.pattern, [Member(edge, fold)], counts=True)
        for edge, fold in edges
        if _is_page_number(layouts, edge, fold, is_short=is_short)
    ]


def _is_page_number(layouts: Sequence[Layout], edge: EdgeLine, fold: Folded, *, is_short: bool) -> bool:
    layout, text = layouts[edge.page], edge.line.text
    in_margin = is_in_margin(layouts, edge)
    if is_page_number(text):
        return in_margin or (edge.depth == 0 and len(fold.numbers) > 1)
    for value, place in zip(fold.numbers, fold.places, strict=True):
        is_own = is_short and in_margin and value == layout.page.number
        if is_own and (is_bare(text) or (place > 0 and layout.has_gap(edge.line, place))):
            return is_bare(text) or text[place:].isdecimal()
    return False


def _banners(
    layouts: Sequence[Layout], edges: Sequence[tuple[EdgeLine, Folded]], others: Sequence[Group]
) -> list[Group]:
    """The same few words in the top and in the bottom margin of one page, apart from all else."""
    found = []
    for index in range(len(layouts)):
        here = [
            (e, f) for e, f in edges if e.page == index and is_in_margin(layouts, e) and len(f.pattern) > 1
        ]
        heads = {f.pattern: e for e, f in here if e.is_head}
        for edge, fold in here:
            head = heads.get(fold.pattern)
            if edge.is_head or head is None or len(fold.pattern.split()) > 8 or fold.numbers:
                continue
            pair = (head, edge)
            running = {each.line.start for each in pair}
            running |= {m.edge.line.start for g in others for m in g.members if m.edge.page == index}
            if all(each.depth <= 1 and layouts[index].is_apart(each, running) for each in pair):
                found.append(Group(True, fold.pattern, [Member(each, fold) for each in pair]))
    return found


def _line_numbers(layouts: Sequence[Layout]) -> dict[int, list[Line]]:
    """Columns of line numbers that were read as lines of their own, by place of the page.

    Numbers that stand before the words of their lines stay: a passage is one slice of its page.
    """
    found: dict[int, list[Line]] = {}
    for index, layout in enumerate(layouts):
        run: list[Line] = []
        for line in [*layout.lines, None]:
            value = int(line.text) if line is not None and line.text.isdecimal() and len(line.text) < 4 else 0
            if line is not None and value and (not run or 0 < value - int(run[-1].text) <= 2):
                if run or value <= 2:
                    run.append(line)
                continue
            if len(run) >= _FEWEST_NUMBERS:
                found.setdefault(index, []).extend(run)
            run = [line] if line is not None and 0 < value <= 2 else []
    return found


def _decided(layouts: Sequence[Layout], groups: Sequence[Group], numbers: dict[int, list[Line]]) -> Running:
    out: list[set[Span]] = [set() for _ in layouts]
    for group in groups:
        for member in group.members:
            out[member.edge.page].add((member.edge.line.start, member.edge.line.end))
    for index, lines in numbers.items():
        out[index] |= {(line.start, line.end) for line in lines}
    stays = {(edge.page, edge.line.start) for edge in _only_places(layouts, groups, out)}
    for index, layout in enumerate(layouts):
        staying = {span for span in out[index] if (index, span[0]) in stays}
        out[index] = _without_crumbs(layout.page.text, out[index] - staying, staying)
    feet: list[set[Span]] = [set() for _ in layouts]
    gone: Counter[str] = Counter()
    for group in groups:
        for member in group.members:
            span = (member.edge.line.start, member.edge.line.end)
            if span in out[member.edge.page]:
                gone[_named(group)] += 1
            elif not member.edge.is_head:
                feet[member.edge.page].add(span)
    if any(line.start in {start for start, _ in out[index]} for index in numbers for line in numbers[index]):
        gone["line numbers"] += 1
    return Running(
        tuple(tuple(sorted(spans)) for spans in out),
        tuple(tuple(sorted(spans)) for spans in feet),
        tuple(sorted(gone, key=lambda name: (-gone[name], name))),
    )


def _only_places(
    layouts: Sequence[Layout], groups: Sequence[Group], out: Sequence[Iterable[Span]]
) -> Iterable[EdgeLine]:
    """The first line of each group whose words stand nowhere outside of running lines."""
    wanted = {id(group): _words_of(group) for group in groups}
    missing = set().union(*wanted.values()) if wanted else set()
    for layout, spans in zip(layouts, out, strict=True):
        if not missing:
            return
        rest = _outside(layout.page.text, spans).casefold()
        near = {word for word in missing if word in rest}
        if near:
            missing -= near & {match[0] for match in _WORD.finditer(rest)}
    for group in sorted(groups, key=lambda group: (group.members[0].edge.page, not group.is_head)):
        lost = wanted[id(group)] & missing
        if lost:
            best = max(group.members, key=lambda member: len(lost & _content(member)))
            yield best.edge
            missing -= _content(best)


def _words_of(group: Group) -> set[str]:
    """The words that most lines of the group hold; what was misread once is no word."""
    counts: Counter[str] = Counter()
    for member in group.members:
        counts.update(_content(member))
    return {word for word, count in counts.items() if 2 * count >= len(group.members)}


def _content(member: Member) -> set[str]:
    text = member.edge.line.text
    places = member.folded.places
    return {
        match[0].casefold()
        for match in _WORD.finditer(text)
        if (sum(map(str.isalpha, match[0])) >= _SHORTEST_WORD or not match[0].isascii())
        or (any(map(str.isalpha, match[0])) and any(map(str.isdecimal, match[0])))
        if not any(match.start() <= place < match.end() for place in places[-1:]) or "/" in match[0]
    } - (PAGE_WORDS if places else set())


def _outside(text: str, spans: Iterable[Span]) -> str:
    pieces, place = [], 0
    for start, end in sorted(spans):
        pieces.append(text[place:start])
        place = end
    return "\n".join([*pieces, text[place:]])


def _without_crumbs(text: str, spans: set[Span], staying: set[Span]) -> set[Span]:
    """The spans without those that would part a few words or a line that stays from the rest."""
    ordered = sorted(spans)
    ends = [0, *(end for _, end in ordered)]
    starts = [*(start for start, _ in ordered), len(text)]
    pieces = list(zip(ends, starts, strict=True))
    sizes = [
        len("".join(text[start:end].split()))
        - sum(len("".join(text[a:b].split())) for a, b in staying if start <= a and b <= end)
        for start, end in pieces
    ]
    body = max(range(len(sizes)), key=lambda at: sizes[at])
    if sizes[body] < _CRUMB:
        return spans
    dropped: set[Span] = set()
    for at, (start, end) in enumerate(pieces):
        if sizes[at] < _CRUMB and text[start:end].strip():
            between = range(at, body) if at < body else range(body, at)
            dropped.update(ordered[place] for place in between)
    return spans - dropped


def _named(group: Group) -> str:
    """A line of the group in quotation marks, the number that counts as three dots; or what it is."""
    if group.is_number or not any(map(str.isalpha, group.pattern)):
        return "page numbers"
    # As most lines of the group are written, not as one was misread.
    member = next((m for m in group.members if m.folded.pattern == group.pattern), group.members[0])
    text, places = member.edge.line.text, member.folded.places
    if group.counts and places:
        values = [other.folded.numbers for other in group.members if len(other.folded.numbers) == len(places)]
        for slot in reversed(range(len(places))):
            varies = len({numbers[slot] for numbers in values}) > 1
            if varies or (len(values) == 1 and slot == len(places) - 1):
                rest = re.sub(r"^\d+", "", text[places[slot] :])
                text = f"{text[: places[slot]]}…{rest}"
    return f"“{' '.join(text.split())[:_PATTERN_CHARACTERS]}”"
