"""Who did what to whom, and which value is whose: names and numbers may not change places."""

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from donovan.assistant.comparing import Cited, Comparison
from donovan.assistant.terms import Term

TURNED = "It puts the cited words in another order, which may turn them round."
_REACH = 4
_YEAR = re.compile(r"1\d{3}|20\d{2}")
_MOST_TERMS = 60
_LIST = re.compile(
    r"[\s,;،、]*(?:(?:and|or|y|o|e|et|ou|und|oder|и|или|و|أو|和|与|及|或)?[\s,،、]*)(?:the|la|el|le|der|die)?\s*"
)
_PASSIVE = {
    "en": re.compile(r"\b(?:was|were|is|are|been|being|be)\b[^,;]*?\bby\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:fue|fueron|es|son|sido|era|eran|ser)\b[^,;]*?\bpor\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:est|sont|été|fut|furent|était|étaient|être)\b[^,;]*?\bpar\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:wurden?|wird|werden|worden)\b[^,;]*?\b(?:von|durch)\b", re.IGNORECASE),
    "zh": re.compile("被"),
    "ar": re.compile(r"من قبل|على يد"),
}
_ROLES = {
    "en": {"from", "to", "by", "against", "for", "into"},
    "es": {"desde", "hacia", "por", "contra", "a", "al"},
    "fr": {"depuis", "vers", "par", "contre", "à", "au"},
    "de": {"von", "nach", "gegen", "durch", "aus"},
    "ru": {"из", "от", "к", "против", "в", "на", "с"},
    "ar": {"من", "إلى", "ضد", "على"},
}


def exchanges_actors(comparison: Comparison) -> str:
    """Two names or numbers have changed places, or two things on either side of what one does to the other.

    A part of a sentence may move ("In Geneva, France signed"), and a sentence may be turned into the passive;
    then what stood between two things stands between them no more, or "by" stands there.
    """
    for one in comparison.cited:
        pairs = comparison.aligned(one)[:_MOST_TERMS]
        flips = _is_passive(comparison.text, comparison.language) != _is_passive(one.text, one.language)
        if flips:
            if _keeps_order_in_passive(comparison, one, pairs):
                return TURNED
            continue
        if _swaps_anchors(comparison, one, pairs):
            return TURNED
        if comparison.is_in_words_of_page and _turns_triple(comparison, pairs):
            return TURNED
        if _swaps_names_everywhere(comparison, one):
            return TURNED
    return ""


def _is_passive(text: str, language: str) -> bool:
    pattern = _PASSIVE.get(language)
    return pattern is not None and pattern.search(text) is not None


def _swaps_anchors(comparison: Comparison, one: Cited, pairs: Sequence[tuple[int, int]]) -> bool:
    anchors = [pair for pair in pairs if comparison.said[pair[0]].is_anchor]
    for (a, x), (b, y) in combinations(anchors, 2):
        if x < y:
            continue
        here = [t for t in comparison.said[a + 1 : b] if not t.is_anchor]
        there = [t for t in one.body[y + 1 : x] if not t.is_anchor]
        if any(mine.is_supported_by(theirs) for mine in here for theirs in there):
            return True
        if here or there:
            continue
        if not (
            _LIST.fullmatch(comparison.text[comparison.said[a].end : comparison.said[b].start])
            and _LIST.fullmatch(one.text[one.body[y].end : one.body[x].start])
        ):
            return True
    return False


def _turns_triple(comparison: Comparison, pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether two words stand on the other sides of a third: no moving of one part brings that about."""
    for middle, (b, y) in enumerate(pairs):
        term = comparison.said[b]
        if term.is_anchor or not _tells(term):
            continue
        before = [(a, x) for a, x in pairs[:middle] if x > y and comparison.said[a].kind == "word"]
        after = [(c, z) for c, z in pairs[middle + 1 :] if z < y and comparison.said[c].kind == "word"]
        if before and after:
            return True
    return False


def _tells(term: Term) -> bool:
    return term.kind == "word" and len(term.key) > 1


def _swaps_names_everywhere(comparison: Comparison, one: Cited) -> bool:
    """Two names side by side in the statement in another order than everywhere in the span, where nothing but
    the same few words stands between them.
    """
    names = [
        (term, [i for i, other in enumerate(one.body) if term.is_supported_by(other)])
        for term in comparison.said
        if term.kind == "word" and term.is_name
    ]
    held = [(term, places) for term, places in names if places]
    for (earlier, first), (later, second) in pairwise(held):
        if max(second) < min(first) and earlier.key != later.key:
            x, y = min(first), max(second)
            between = [t for t in one.body[y + 1 : x] if not t.is_anchor]
            here = [t for t in comparison.said if earlier.end <= t.start < later.start and not t.is_anchor]
            if any(t.is_supported_by(o) for t in here for o in between):
                return True
    return False


def _keeps_order_in_passive(comparison: Comparison, one: Cited, pairs: Sequence[tuple[int, int]]) -> bool:
    """ "Marsh relieved Okafor" told as "Marsh was relieved by Okafor"."""
    text = comparison.text if _is_passive(comparison.text, comparison.language) else one.text
    match = _PASSIVE[comparison.language].search(text)
    if match is None:
        return False
    is_here = text is comparison.text
    for (a, x), (b, y) in combinations(pairs, 2):
        first, second = (comparison.said[a], comparison.said[b]) if is_here else (one.body[x], one.body[y])
        if not (first.is_name and second.is_name) or x > y:
            continue
        spans_by = first.end <= match.end() <= second.start + 4 and first.end <= match.start() + 4
        shared = any(
            t.is_supported_by(o)
            for t in comparison.said[a + 1 : b]
            for o in one.body[x + 1 : y]
            if not t.is_anchor
        )
        if spans_by and shared:
            return True
    return False


def turns_role_round(comparison: Comparison) -> str:
    """ "From Paris to London" told as "to Paris from London"."""
    roles = _ROLES.get(comparison.language)
    if not roles:
        return ""
    for one in comparison.cited:
        turned = 0
        for index, place in comparison.aligned(one):
            term, other = comparison.said[index], one.body[place]
            if not term.is_anchor:
                continue
            mine, theirs = _word_before(comparison.text, term.start), _word_before(one.text, other.start)
            if mine != theirs and mine in roles and theirs in roles:
                turned += 1
        if turned > 1:
            return TURNED
    return ""


def _word_before(text: str, place: int) -> str:
    words = re.findall(r"[^\W\d_]+", text[:place])
    last = words[-1].casefold() if words else ""
    if last in ("the", "el", "la", "le", "les", "los", "der", "die", "das", "dem", "den") and len(words) > 1:
        last = words[-2].casefold()
    return last


def joins_value_to_other_name(comparison: Comparison) -> str:
    """A number or date told of another name than the cited words tell it of."""
    if not _runs(comparison.said):
        return ""
    for one in comparison.cited:
        names = _runs(one.body)
        for index, place in comparison.aligned(one):
            if comparison.said[index].kind != "word" and _has_other_owner(
                comparison, one, names, (index, place)
            ):
                return "It joins what the cited words say of different names."
    return ""


def _has_other_owner(
    comparison: Comparison,
    one: Cited,
    names: Sequence[list[int]],
    where: tuple[int, int],
) -> bool:
    """Whether the value at `where` in statement and body has another name than in the body; `names` are the
    body's.
    """
    index, place = where
    is_time = comparison.said[index].kind == "date" or bool(_YEAR.fullmatch(comparison.said[index].surface))
    if is_time and not comparison.is_in_words_of_page:
        return False
    before = next((run for run in reversed(names) if run[-1] < place), None)
    after = next((run for run in names if run[0] > place), None)
    if before is None or _in_other_sentence(one, before, place):
        return False
    mine = _nearest(_runs(comparison.said), index)
    owner = [comparison.said[i] for i in mine]
    if _shares(owner, one, before):
        return False
    is_here = any(term.is_supported_by(other) for term in owner for other in one.body)
    is_there = any(
        term.is_supported_by(other)
        for term in owner
        for cited in comparison.cited
        if cited is not one
        for other in cited.body
    )
    if not _shares(comparison.said, one, before):
        # The capital at the start of a sentence may be that of a common word.
        is_sure = any(one.sure_names[i].is_name for i in before) or len(comparison.cited) > 1
        return (is_here and (is_sure or _shares(owner, one, after))) or (is_there and is_sure)
    # A day may be told first and of the whole sentence; a number belongs to the name before it.
    is_free = is_time or mine[0] > index
    return not is_free and is_here and not _shares(owner, one, after)


def _in_other_sentence(one: Cited, run: list[int], place: int) -> bool:
    between = one.text[one.body[run[-1]].end : one.body[place].start]
    return re.search(r"[.;!?。；！？]\s|[。；]|\n", between) is not None


def _shares(terms: Sequence[Term], one: Cited, run: list[int] | None) -> bool:
    return run is not None and any(term.is_supported_by(one.body[i]) for term in terms for i in run)


def _nearest(runs: Sequence[list[int]], index: int) -> list[int]:
    """The name before the term, or the first where none is. There must be one."""
    before = [run for run in runs if run[-1] < index]
    return before[-1] if before else runs[0]


def _runs(terms: Sequence[Term]) -> list[list[int]]:
    """The names among the terms, each as the places of its words."""
    runs: list[list[int]] = []
    for index, term in enumerate(terms):
        if term.kind != "word" or not term.is_name:
            continue
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def joins_number_to_other_word(comparison: Comparison) -> str:
    """A number beside a word that stands beside another number in the cited words."""
    bodies = [one.body for one in comparison.cited]
    for index, term in enumerate(comparison.said):
        if term.kind != "number":
            continue
        following = comparison.said[index + 1 : index + 2]
        word = next((t for t in following if t.kind == "word" and not t.is_name), None)
        if word is None or not any(word.is_supported_by(other) for body in bodies for other in body):
            continue
        holding = [body for body in bodies if any(term.is_supported_by(other) for other in body)]
        if holding and not any(_are_neighbours(term, word, body) for body in holding):
            return "It joins a number to something else than the cited words do."
    return ""


def joins_value_to_other_sentence(comparison: Comparison) -> str:
    """A time or number that one cited span gives of a thing of which the statement says nothing, put to what
    only another span speaks of.
    """
    if len(comparison.cited) == 1:
        return ""
    words = [term for term in comparison.said if term.kind == "word" and not comparison.is_free(term)]
    for value in comparison.said:
        if value.kind == "word":
            continue
        holding = [one for one in comparison.cited if any(value.is_supported_by(other) for other in one.body)]
        if holding and not any(
            word.is_supported_by(other)
            for one in holding
            for other in (*one.body, *one.around)
            for word in words
        ):
            return "The time or number stands in a sentence about something else."
    return ""


def _are_neighbours(number: Term, word: Term, body: Sequence[Term]) -> bool:
    numbers = [i for i, other in enumerate(body) if number.is_supported_by(other)]
    words = [i for i, other in enumerate(body) if word.is_supported_by(other)]
    if not words:
        return True
    for i in numbers:
        for j in words:
            between = body[min(i, j) + 1 : max(i, j)]
            if abs(i - j) <= _REACH and not any(t.kind == "number" for t in between):
                return True
    return False
