"""Which sentences of a document belong into its summary: what matters, each thing once, from all of it.

With a focus a sentence counts by four signals, each in standard deviations over the document: its nearness
to the focus, that of the window around it (the sentences beside it in the same turn or section, with who
speaks), the words it shares with the focus (BM25), and the relevance of the neighbourhood, since what a focus
asks of is rarely told in one place. Then what the best of them have in common counts too (relevance feedback,
Rocchio 1971).

Without a focus a sentence counts by its nearness to the mean of the document and to its title, a little by
standing early and by holding numbers or names. It is chosen against those already chosen (maximal marginal
relevance, Carbonell and Goldstein 1998) and gains where nothing of its part of the document is chosen yet.

The weights were set on meetings that no reported figure is measured on.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from donovan.assistant.telling import Sentence
from donovan.assistant.terms import is_stop_word, terms_of
from retrieval.embedding import get_embedder
from retrieval.embedding_errors import EmbedderUnavailable

MOST_ENCODED = 240
ENCODED_CHARACTERS = 600
WINDOW_CHARACTERS = 900
BESIDE = 1
WORDS_BESIDE = 2
NEIGHBOURHOOD = 6.0
SENTENCES_A_NEIGHBOURHOOD = 80
FEEDBACK_SENTENCES = 15
FEWEST_FED_BACK = 3
FEEDBACK_SHARE = 0.03
FEEDBACK_WEIGHT = 3.0
LONG_ENOUGH = 40
LENGTH_WEIGHT = 2.0
FOCUS_REDUNDANCY = 2.0
RELEVANCE = 0.7
EARLY_BONUS = 0.08
FACT_BONUS = 0.06
TITLE_WEIGHT = 0.25
NEW_PART_BONUS = 0.12
LONGEST_VOCABULARY = 4000
_K1, _B = 1.2, 0.75
_CELL = " | "

# What a request for a summary says without naming anything.
_UNFOCUSED = frozenset(
    {
        *(
            "summarise",
            "summarize",
            "summary",
            "sum",
            "up",
            "whole",
            "entire",
            "all",
            "overall",
            "main",
            "key",
        ),
        *(
            "important",
            "point",
            "points",
            "content",
            "contents",
            "gist",
            "document",
            "text",
            "paper",
            "report",
        ),
        *("letter", "mail", "meeting", "discussion", "transcript", "overview", "brief", "short"),
        *("resumen", "resumir", "todo", "documento", "résumé", "résumer", "tout", "zusammenfassung", "alles"),
        *("краткое", "содержание", "документ", "sažetak"),
    }
)

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Limits:
    """A summary ends with `sentences` sentences, or with the sentence that reaches `words` words."""

    sentences: int
    words: int


def focus_of(text: str, language: str) -> str:
    """The focus without white space around it; nothing where it names nothing to look for."""
    text = " ".join(text.split())
    named = [
        term for term in terms_of(text, language or "en")
        if not is_stop_word(term.surface, language or "en") and term.surface.casefold() not in _UNFOCUSED
    ]  # fmt: skip
    return text if named else ""


def choose(
    sentences: Sequence[Sentence], limits: Limits, language: str, *, focus: str = "", title: str = ""
) -> list[Sentence]:
    """The sentences of the summary, in the order of the document. `focus` as `focus_of` gives it."""
    if not focus:
        # A row of a table says little by itself: without a question to it, prose goes before.
        prose = [sentence for sentence in sentences if _CELL not in sentence.span.text]
        sentences = prose if len(prose) >= limits.sentences else sentences
        if len(sentences) <= limits.sentences:
            return list(sentences)
    bags = [_bag(sentence.span.text, language) for sentence in sentences]
    if focus:
        return _chosen_for(focus, sentences, bags, limits, language)
    candidates = list(range(len(sentences)))
    words = _word_vectors(bags)
    if len(sentences) > MOST_ENCODED:
        # Encoding is what costs time: for a long document the words alone choose what is looked at closely.
        candidates = _best_of_each_part(sentences, words @ _unit(words.mean(axis=0)))
    kept = [sentences[index] for index in candidates]
    vectors, named = words[candidates], None
    meanings = _meanings([_shown(sentence) for sentence in kept], language)
    if meanings is not None:
        vectors = meanings
        named = _meanings([title], language, is_query=True) if title else None
    worth = vectors @ _unit(vectors.mean(axis=0))
    if named is not None:
        worth = worth + TITLE_WEIGHT * (vectors @ named[0])
    worth = worth + np.array([_bonus(one, place, len(kept)) for place, one in enumerate(kept)], np.float32)
    parts = [sentence.part for sentence in kept]
    return [kept[place] for place in sorted(_diverse(kept, vectors, worth, parts, limits))]


def _chosen_for(
    focus: str, sentences: Sequence[Sentence], bags: Sequence[Counter[str]], limits: Limits, language: str
) -> list[Sentence]:
    windows = [
        sum((bags[at] for at in _beside(sentences, place, WORDS_BESIDE)), _bag(_about(sentence), language))
        for place, sentence in enumerate(sentences)
    ]
    asked_words = _bag(focus, language)
    shared = _bm25(asked_words, bags, windows)
    width = max(min(NEIGHBOURHOOD, len(sentences) / SENTENCES_A_NEIGHBOURHOOD), 0.5)
    candidates = _worth_a_look(sentences, bags, asked_words, limits)
    if len(candidates) > MOST_ENCODED:
        near = _smoothed(shared, width) + 1e-3 * _smoothed(_word_nearness(bags), width)
        first_look = _standard(shared) + _standard(near)
        candidates = sorted(sorted(candidates, key=lambda place: -first_look[place])[:MOST_ENCODED])
    kept = [sentences[index] for index in candidates]
    signals = [_standard(shared[candidates])]
    vectors, around = _word_vectors(bags)[candidates], None
    asked = _meanings([focus], language, is_query=True)
    alone = _meanings([_shown(sentence) for sentence in kept], language)
    around = _meanings([_window_text(sentences, index) for index in candidates], language)
    if asked is not None and alone is not None and around is not None:
        vectors = alone
        signals += [_standard(vectors @ asked[0]), _standard(around @ asked[0])]
    relevance = np.sum(signals, axis=0)
    relevance = relevance + _standard(_smoothed(relevance, width))
    # A fixed number of a short document would be all of it, and say nothing of the focus.
    fed_back = max(FEWEST_FED_BACK, min(FEEDBACK_SENTENCES, round(FEEDBACK_SHARE * len(sentences))))
    best = np.argsort(-relevance)[:fed_back]
    middle = vectors[best].mean(axis=0) + (around[best].mean(axis=0) if around is not None else 0)
    relevance = relevance + FEEDBACK_WEIGHT * _standard(vectors @ _unit(middle))
    lengths = np.array([len(sentence.span.text.split()) for sentence in kept], dtype=np.float32)
    worth = relevance + LENGTH_WEIGHT * np.minimum(lengths, LONG_ENOUGH) / LONG_ENOUGH
    return [kept[place] for place in sorted(_least_redundant(kept, vectors, worth, limits))]


def _worth_a_look(
    sentences: Sequence[Sentence], bags: Sequence[Counter[str]], asked: Counter[str], limits: Limits
) -> list[int]:
    """All prose, and of tables the rows that hold a word of the focus; all where that is too little."""
    kept = [
        place
        for place, sentence in enumerate(sentences)
        if _CELL not in sentence.span.text or asked.keys() & bags[place].keys()
    ]
    return kept if len(kept) >= limits.sentences else list(range(len(sentences)))


def _least_redundant(
    kept: Sequence[Sentence], vectors: Vectors, worth: npt.NDArray[np.floating], limits: Limits
) -> list[int]:
    chosen: list[int] = []
    closest = np.zeros(len(kept))
    words = 0
    while len(chosen) < min(limits.sentences, len(kept)) and words < limits.words:
        score = worth - FOCUS_REDUNDANCY * closest
        score[chosen] = -np.inf
        best = int(np.argmax(score))
        chosen.append(best)
        words += len(kept[best].span.text.split())
        closest = np.maximum(closest, vectors @ vectors[best])
    return chosen


def _diverse(
    kept: Sequence[Sentence],
    vectors: Vectors,
    worth: npt.NDArray[np.floating],
    parts: Sequence[int],
    limits: Limits,
) -> list[int]:
    chosen: list[int] = []
    closest = np.zeros(len(vectors), dtype=np.float32)
    words = 0
    while len(chosen) < min(limits.sentences, len(kept)) and words < limits.words:
        held = {parts[place] for place in chosen}
        fresh = np.array([NEW_PART_BONUS * (part not in held) for part in parts], dtype=np.float32)
        score = RELEVANCE * worth - (1 - RELEVANCE) * closest + fresh
        score[chosen] = -np.inf
        best = int(np.argmax(score))
        chosen.append(best)
        words += len(kept[best].span.text.split())
        closest = np.maximum(closest, vectors @ vectors[best])
    return chosen


def _best_of_each_part(sentences: Sequence[Sentence], worth: npt.NDArray[np.floating]) -> list[int]:
    """At most MOST_ENCODED places, as many of each part as its length allows, so that none is passed over."""
    by_part: dict[int, list[int]] = {}
    for index in np.argsort(-worth).tolist():
        by_part.setdefault(sentences[index].part, []).append(index)
    share = MOST_ENCODED / len(sentences)
    kept = {index for places in by_part.values() for index in places[: max(1, int(share * len(places)))]}
    return sorted(sorted(kept, key=lambda index: -worth[index])[:MOST_ENCODED])


def _beside(sentences: Sequence[Sentence], index: int, reach: int) -> range:
    """The places of the sentence and of those beside it in the same turn or section."""
    here = sentences[index]
    first = last = index
    while first > max(0, index - reach) and _is_together(here, sentences[first - 1]):
        first -= 1
    while last < min(len(sentences) - 1, index + reach) and _is_together(here, sentences[last + 1]):
        last += 1
    return range(first, last + 1)


def _is_together(one: Sentence, other: Sentence) -> bool:
    if one.turn >= 0 or other.turn >= 0:
        return one.turn == other.turn
    return (one.span.heading, one.above) == (other.span.heading, other.above)


def _about(sentence: Sentence) -> str:
    """Who speaks, or the heading above: what the sentence is of without saying so."""
    span = sentence.span
    return sentence.speaker or " ".join(
        dict.fromkeys(filter(None, (span.heading, span.lead, sentence.above)))
    )


def _shown(sentence: Sentence) -> str:
    return sentence.span.text[:ENCODED_CHARACTERS]


def _window_text(sentences: Sequence[Sentence], index: int) -> str:
    text = " ".join(sentences[place].span.text for place in _beside(sentences, index, BESIDE))
    about = _about(sentences[index])
    return f"{about}: {text}"[:WINDOW_CHARACTERS] if about else text[:WINDOW_CHARACTERS]


def _bonus(sentence: Sentence, place: int, count: int) -> float:
    span = sentence.span
    facts = sum(term.kind != "word" or term.is_name for term in terms_of(span.text, span.language or "en"))
    return EARLY_BONUS * (1 - place / count) + FACT_BONUS * min(facts, 4) / 4


def _meanings(texts: Sequence[str], language: str, *, is_query: bool = False) -> Vectors | None:
    """The vectors of the texts, or None where no embedder reads the language."""
    try:
        embedder = get_embedder()
        return embedder.encode(texts, is_query=is_query) if embedder.reads(language or "en") else None
    except EmbedderUnavailable:
        return None


def _bag(text: str, language: str) -> Counter[str]:
    """The content words of a text by their stems, with how often each stands in it."""
    return Counter(
        term.key for term in terms_of(text, language or "en") if not is_stop_word(term.key, language or "en")
    )


def _bm25(
    asked: Counter[str], bags: Sequence[Counter[str]], windows: Sequence[Counter[str]]
) -> npt.NDArray[np.float64]:
    """BM25 of the words of the focus over the windows; how rare a word is, the sentences tell."""
    holding = Counter(key for bag in bags for key in bag)
    rarity = {key: math.log(1 + len(bags) / holding[key]) for key in asked if key in holding}
    lengths = np.array([sum(window.values()) for window in windows], dtype=np.float64)
    usual = max(float(lengths.mean()), 1.0)
    scores = np.zeros(len(windows))
    for place, window in enumerate(windows):
        norm = _K1 * (1 - _B + _B * lengths[place] / usual)
        for key in asked:
            if count := window.get(key, 0):
                scores[place] += rarity.get(key, math.log(1 + len(bags))) * count * (_K1 + 1) / (count + norm)
    return scores


def _word_nearness(bags: Sequence[Counter[str]]) -> npt.NDArray[np.floating]:
    words = _word_vectors(bags)
    return words @ _unit(words.mean(axis=0))


def _word_vectors(bags: Sequence[Counter[str]]) -> Vectors:
    """Rows of length 1 over the document's content words, shape (len(bags), words)."""
    frequent = Counter(key for bag in bags for key in bag).most_common(LONGEST_VOCABULARY)
    places = {key: place for place, (key, _count) in enumerate(frequent)}
    vectors = np.zeros((len(bags), max(len(places), 1)), dtype=np.float32)
    for row, bag in enumerate(bags):
        for key, count in bag.items():
            if key in places:
                vectors[row, places[key]] = 1 + np.log(count)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Vectors = vectors / np.maximum(norms, 1e-9)
    return result


def _standard(values: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """In standard deviations from the mean; zero where all are alike."""
    spread = float(values.std())
    if spread < 1e-9:
        return np.zeros(len(values))
    return np.asarray((values - values.mean()) / spread, dtype=np.float64)


def _smoothed(values: npt.NDArray[np.floating], width: float) -> npt.NDArray[np.float64]:
    """Each value with its neighbours, weighted by a bell of this width (in sentences)."""
    reach = min(int(3 * width), max(len(values) - 1, 0))
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    # Divided by the weights that fall inside the document, so that its ends are not passed over.
    inside = np.convolve(np.ones(len(values)), bell, "full")[reach : reach + len(values)]
    around = np.convolve(values, bell, "full")[reach : reach + len(values)]
    return np.asarray(around / inside, dtype=np.float64)


def _unit(vector: npt.NDArray[np.floating]) -> Vectors:
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, dtype=np.float32)
