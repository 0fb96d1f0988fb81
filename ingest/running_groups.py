"""Which lines of the page edges belong together, and whether what repeats is a running line.

Method: lines are compared by pattern and place over the pages of a document, as in Lin 2003, "Header and
footer extraction by page-association" (Proc. SPIE 5010), with whole patterns in place of its similarity of
single characters. Numbers must stand still or count the pages: where they do neither, lines of one pattern
are entries of a form or a list, and stay.
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from ingest.page_edges import EdgeLine, Layout
from ingest.page_numbers import (
    Folded,
    counting,
    is_bare,
    is_bates,
    is_in_a_row_of_codes,
    is_set_off,
    says_page,
    word_at,
)

# Patterns that others, read less well, are compared with: the most frequent ones of each edge.
_SEEDS = 24
_FEWEST = 3
_SHARE = 0.5
# A chapter's head runs over at least so many pages, with this share of them holding it.
_RUN = 8
_RUN_SHARE = 0.7
_LONGEST_WORDS = 25
_SAMPLE = 50
# How far a running line may wander up or down, as a share of the page's height.
_WANDER = 0.03
_MARGIN = 0.1
_FORM = 0.4
_OFTEN = 1.3
_BREAKS = 0.25


@dataclass
class Member:
    """A line of a group, with its pattern and numbers."""

    edge: EdgeLine
    folded: Folded


@dataclass
class Group:
    """Lines of one pattern at one edge, in order of pages. `places` are the numbers that count the pages."""

    is_head: bool
    pattern: str
    members: list[Member] = field(default_factory=list)
    counts: bool = False
    is_number: bool = False

    @property
    def pages(self) -> list[int]:
        return sorted({member.edge.page for member in self.members})


def groups_of(layouts: Sequence[Layout], edges: Iterable[tuple[EdgeLine, Folded]]) -> list[Group]:
    """Lines of one pattern together; what was read from images also where a letter or two differ."""
    found: dict[tuple[bool, str], Group] = {}
    for edge, fold in edges:
        if not fold.pattern:
            continue
        key = (edge.is_head, fold.pattern)
        found.setdefault(key, Group(*key)).members.append(Member(edge, fold))
    for is_head in (True, False):
        ordered = sorted(
            (group for group in found.values() if group.is_head is is_head and _has_letters(group)),
            key=lambda group: (-len(group.members), group.members[0].edge.page, group.pattern),
        )
        seeds = [group for group in ordered[:_SEEDS] if _is_read(layouts, group)]
        for group in reversed(ordered):
            if not _is_read(layouts, group):
                continue
            for seed in seeds:
                if seed is group:
                    break
                if is_same(seed.pattern, group.pattern):
                    seed.members += group.members
                    group.members = []
                    break
    groups = [group for group in found.values() if group.members]
    for group in groups:
        group.members.sort(key=lambda member: (member.edge.page, member.edge.line.start))
    return groups


def _has_letters(group: Group) -> bool:
    return any(character.isalpha() for character in group.pattern)


def _is_read(layouts: Sequence[Layout], group: Group) -> bool:
    return bool(group.members) and layouts[group.members[0].edge.page].page.source == "ocr"


def is_same(pattern: str, other: str) -> bool:
    """Whether two patterns read from images can be one: a letter or two differ inside longer words, or up to
    two crumbs of at most two characters came or went beside at least three words.
    """
    if abs(len(pattern) - len(other)) > 6:
        return False
    first, second = pattern.split(), other.split()
    if len(first) == len(second):
        return all(one == two or _is_near(one, two) for one, two in zip(first, second, strict=True))
    return _is_within(first, second) if len(first) < len(second) else _is_within(second, first)


def _is_near(one: str, two: str) -> bool:
    longest = max(len(one), len(two))
    # A number is compared by its value elsewhere, and in short words one letter is the whole difference.
    if longest < 4 or one.count("#") != two.count("#"):
        return False
    return Levenshtein.distance(one, two, score_cutoff=2) <= (1 if longest < 10 else 2)


def _is_within(few: list[str], many: list[str]) -> bool:
    if (len(few) < 3 and sum(map(len, few)) < 12) or len(many) - len(few) > 2:
        return False
    at = 0
    for word in many:
        if at < len(few) and (word == few[at] or _is_near(word, few[at])):
            at += 1
        elif len(word) > 2:
            return False
    return at == len(few)


def is_form(layouts: Sequence[Layout]) -> bool:
    """Whether much of what lies between the outermost rows repeats too: copies of one form, or a table."""
    counts: Counter[str] = Counter()
    total = 0
    for layout in layouts:
        inner = [line for band in layout.bands[1:-1] for line in band]
        total += len(inner)
        counts.update({" ".join(line.text.casefold().split()) for line in inner})
    least = max(2, _SHARE * len(layouts))
    return total > 0 and sum(count for count in counts.values() if count >= least) > _FORM * total


def mirrored(groups: Iterable[Group]) -> set[str]:
    """Patterns of which one begins and one ends in a number: "640 Domestic Trade", "Domestic Trade 641"."""
    patterns = {group.pattern for group in groups if group.pattern != "#"}
    first = {pattern for pattern in patterns if pattern.startswith("# ") and f"{pattern[2:]} #" in patterns}
    return first | {f"{pattern[2:]} #" for pattern in first}


def settle(group: Group, layouts: Sequence[Layout], sides: Collection[str] = ()) -> bool:
    """Drop the members whose numbers or place speak against them; whether the group can be a running line.

    `sides` are the patterns whose number stands at the outer side of odd and even pages.
    """
    _keep_in_place(group, layouts)
    if not _has_letters(group):
        outermost: dict[int, Member] = {}
        for member in sorted(group.members, key=lambda member: (member.edge.depth, member.edge.line.start)):
            outermost.setdefault(member.edge.page, member)
        group.members = [outermost[page] for page in sorted(outermost)]
    slots = group.pattern.count("#")
    members = [member for member in group.members if len(member.folded.numbers) == slots]
    if not members:
        return False
    fits = [True] * len(members)
    counted: list[int] = []
    modes: dict[int, int] = {}
    for slot in range(slots):
        values = [member.folded.numbers[slot] for member in members]
        mode, often = min(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))
        grows = counting([member.edge.page for member in members], values)
        if sum(grows) > max(often, len(members) // 2):
            counted.append(slot)
            fits = [fit and grow for fit, grow in zip(fits, grows, strict=True)]
        else:
            modes[slot] = mode
            fits = [fit and value == mode for fit, value in zip(fits, values, strict=True)]
    group.counts = bool(counted)
    kept = [member for member, fit in zip(members, fits, strict=True) if fit]
    if 2 * len(kept) < len(members):
        return False
    fitting = {id(member) for member in kept}
    others = [
        member
        for member in group.members
        if id(member) not in fitting and _is_misread(layouts, member, modes, slots)
    ]
    group.members = sorted(kept + others, key=lambda member: (member.edge.page, member.edge.line.start))
    texts = [member.edge.line.text for member in kept]
    letters = sum(character.isalpha() for character in group.pattern)
    group.is_number = group.counts and all(is_bare(text) or is_bates(text) for text in texts[:_SAMPLE])
    if group.counts:
        return (
            group.is_number
            or group.pattern in sides
            or _most(
                any(_counts_pages(layouts, member, slot) for slot in counted) for member in kept[:_SAMPLE]
            )
        )
    return (
        letters >= _FEWEST
        and len(group.pattern.split()) <= _LONGEST_WORDS
        and not _most(text.endswith((":", "?")) for text in texts)
    )


def _is_misread(layouts: Sequence[Layout], member: Member, modes: dict[int, int], slots: int) -> bool:
    """Whether a line was read from an image and all the numbers it should share are there, or all but one
    that was not read at all. The number that counts the pages is often lost or doubled by a speck.
    """
    numbers = member.folded.numbers
    if layouts[member.edge.page].page.source != "ocr" or is_bare(member.edge.line.text):
        return False
    return len(set(modes.values()) - set(numbers)) <= (1 if len(numbers) < slots else 0)


def _keep_in_place(group: Group, layouts: Sequence[Layout]) -> None:
    boxed = [m for m in group.members if layouts[m.edge.page].has_boxes]
    if boxed:
        place = statistics.median(member.edge.line.middle for member in boxed)
        group.members = [
            member
            for member in group.members
            if not layouts[member.edge.page].has_boxes or abs(member.edge.line.middle - place) <= _WANDER
        ]


def _counts_pages(layouts: Sequence[Layout], member: Member, slot: int) -> bool:
    line, place = member.edge.line, member.folded.places[slot]
    word = word_at(line.text, place)
    return (
        says_page(line.text, place)
        or is_set_off(line.text, word)
        or is_in_a_row_of_codes(line.text, place)
        or layouts[member.edge.page].has_gap(line, word)
    )


def _most(judged: Iterable[bool]) -> bool:
    found = list(judged)
    return 2 * sum(found) > len(found)


def is_frequent(group: Group, layouts: Sequence[Layout], page_count: int) -> bool:
    """Whether the group stands on enough pages: of all, of the odd or even ones, or of a long run, to which
    the members are then cut down. Of two pages on both, and in the margin.
    """
    pages = group.pages
    # What stands several times on a page is part of a figure or a list.
    if len(group.members) > _OFTEN * len(pages):
        return False
    if page_count == 2:
        return len(pages) == 2 and all(is_in_margin(layouts, member.edge) for member in group.members)
    if len(pages) < _FEWEST:
        return False
    if group.is_number or (group.counts and len(pages) >= _SHARE * page_count):
        return True
    if not group.counts and _comes_and_goes(pages):
        return False
    if len(pages) >= _SHARE * page_count:
        return True
    odd = sum(page % 2 for page in pages)
    if max(odd, len(pages) - odd) == len(pages) and len(pages) >= _SHARE * page_count / 2:
        return True
    # A table that goes on over many pages has its head within the margins.
    if not all(is_in_margin(layouts, m.edge) or not layouts[m.edge.page].has_boxes for m in group.members):
        return False
    kept: set[int] = set()
    for run in _runs(pages):
        step = 2 if len({page % 2 for page in run}) == 1 else 1
        span = (run[-1] - run[0]) // step + 1
        if len(run) >= _RUN and len(run) >= _RUN_SHARE * span:
            kept.update(run)
    group.members = [member for member in group.members if member.edge.page in kept]
    return bool(kept)


def _comes_and_goes(pages: Sequence[int]) -> bool:
    """Whether what stands on these pages is missing from one beside them again and again, as the names of
    those who speak on a page are; heads are missing where a chapter begins.
    """
    step = 2 if len({page % 2 for page in pages}) == 1 else 1
    breaks = sum(later - earlier > step for earlier, later in pairwise(pages))
    return breaks > max(1, _BREAKS * (len(pages) - 1))


def _runs(pages: Sequence[int]) -> Iterable[list[int]]:
    run: list[int] = []
    for page in pages:
        if run and page - run[-1] > _FEWEST:
            yield run
            run = []
        run.append(page)
    if run:
        yield run


def without_attached(groups: Sequence[Group], layouts: Sequence[Layout]) -> list[Group]:
    """Without the groups that stand as close to the text as its rows do to each other: heads of tables,
    first lines. The innermost are judged first, so that what was thought to lie between does not count.
    """
    running: dict[int, set[int]] = defaultdict(set)
    for group in groups:
        for member in group.members:
            running[member.edge.page].add(member.edge.line.start)
    kept = []
    for group in sorted(groups, key=_depth, reverse=True):
        some = group.members[:: max(1, len(group.members) // _SAMPLE)]
        if group.is_number or _most(
            layouts[member.edge.page].is_apart(member.edge, running[member.edge.page]) for member in some
        ):
            kept.append(group)
            continue
        for member in group.members:
            running[member.edge.page].discard(member.edge.line.start)
    return kept


def _depth(group: Group) -> tuple[float, bool, str]:
    return statistics.median(m.edge.depth for m in group.members), group.is_head, group.pattern


def is_in_margin(layouts: Sequence[Layout], edge: EdgeLine) -> bool:
    """Whether a line is known to lie in the outermost tenth of its page."""
    middle = edge.line.middle if edge.is_head else 1 - edge.line.middle
    return layouts[edge.page].has_boxes and middle <= _MARGIN
