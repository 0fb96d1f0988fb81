"""People, organisations and places found by the packaged tagger of names, and how it is weighed against the
rules.

The tagger reads a name from what stands around it, in any language of the multilingual model; rules know
forms. Where both say the same the rule stands, as it also knows what it means (the place on the map). Where
they differ a rule stands that is surer than the tagger's calibration asks of its kind, else the tagger.
"""

import logging
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from donovan.insight.entities.gazetteers.countries import adjectives
from donovan.insight.entities.identity import normal_name
from donovan.insight.entities.kinds import Kind, Level
from donovan.insight.entities.recognisers.organisations import stressed_words
from donovan.insight.entities.recognisers.people import normal_person, title_start
from donovan.insight.entities.recognisers.shapes import OPENERS, is_attributive, is_shouted
from donovan.insight.entities.recognition import Found, without_overlaps
from donovan.insight.errors import InsightError
from retrieval.tagger import TaggedName, Tagger, TaggerUnavailable, get_tagger, why_not

NAME = "tagger"
MOST_SURE = 0.9
"""What a rule says that knows the name by heart stands above the tagger."""

_KINDS = {"person": Kind.PERSON, "organisation": Kind.ORGANISATION, "place": Kind.PLACE}

logger = logging.getLogger(__name__)


class TaggerRecogniser:
    """Names by `tagger`. Raises InsightError where it goes away in the middle of its work."""

    name = NAME

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger

    def find(self, text: str, language: str) -> list[Found]:
        return self.find_in_pages([text], language)[0]

    def find_in_pages(self, texts: Sequence[str], language: str) -> list[list[Found]]:
        """The mentions of each page. `language` is the model's own affair."""
        try:
            tagged = self._tagger.tag(texts)
        except TaggerUnavailable as error:
            raise InsightError(f"{error.sentence} Names are looked for again.") from error
        return [_mentions(text, names) for text, names in zip(texts, tagged, strict=True)]

    def weighed(self, rules: Sequence[Found], own: Sequence[Found]) -> list[Found]:
        """What stands of the mentions of the rules and of its own (in order, none over another), when the
        tagger has read the whole text.
        """
        starts = [mention.start for mention in own]
        kept, settled = [], set()
        for rule in rules:
            if rule.kind not in _KINDS.values() or rule.level != Level.NAMED:
                kept.append(rule)
                continue
            at = max(0, bisect_left(starts, rule.start) - 1)
            over = []
            while at < len(own) and own[at].start < rule.end:
                if own[at].end > rule.start:
                    over.append(at)
                at += 1
            said = (rule.start, rule.end, rule.kind)
            same = [n for n in over if (own[n].start, own[n].end, own[n].kind) == said]
            if same:
                settled.update(same)
                kept.append(replace(rule, confidence=max(rule.confidence, own[same[0]].confidence)))
            elif rule.confidence >= self._tagger.sure[rule.kind]:
                settled.update(over)
                kept.append(rule)
        return without_overlaps([*kept, *(m for n, m in enumerate(own) if n not in settled)])


def _mentions(text: str, names: Sequence[TaggedName]) -> list[Found]:
    is_stressed = stressed_words(text)
    found: list[Found] = []
    for name in names:
        kind, words, start = _KINDS[name.kind], text[name.start : name.end], name.start
        if _is_no_name(text, name, words) or is_stressed(name.start, name.end):
            continue
        normal = normal_name(words)
        if kind == Kind.PERSON:
            normal, start = normal_person(words), title_start(text, start)
            start = start if not found or found[-1].end <= start else name.start
        if normal:
            found.append(
                Found(
                    start,
                    name.end,
                    kind,
                    text[start : name.end],
                    normal,
                    confidence=min(name.chance, MOST_SURE),
                    recogniser=NAME,
                )
            )
    return found


def _is_no_name(text: str, name: TaggedName, words: str) -> bool:
    """Whether it is one of what is called a name by mistake: a line in capitals, a word that begins a
    sentence, what only says of which country something is.
    """
    return (
        "\n\n" in words
        or not any(letter.isalpha() for letter in words)
        or words.lower() in OPENERS
        or words in adjectives()
        or is_shouted(text, name.start, name.end)
        or (name.kind == "place" and is_attributive(text, name.start, name.end))
    )


def tagger_here() -> TaggerRecogniser | None:
    """The recogniser over the tagger that serves; None where the rules go on alone (`why_no_tagger`)."""
    if why_not():
        return None
    try:
        return TaggerRecogniser(get_tagger())
    except TaggerUnavailable as error:
        logger.warning("Names are found by rules alone: %s", error.sentence)
        return None
