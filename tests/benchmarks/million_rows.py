"""A million passages, made of some thousand real ones: an index of two labels and the database behind it.

python -m tests.benchmarks.million_rows EVALUATION_DATA ROWS FILE

Vectors are mixtures of those of two real passages with noise; words are those of the first of them and
others, as often as Zipf's law has it, with a tail of words and names that hardly anybody uses twice. The
segments are as a label has them that grew: few large ones and some small.
"""

import datetime
import itertools
import json
import random
import sys
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

django.setup()

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from ingest.models import Blob, Document, Page, Passage, Stage, Status  # noqa: E402
from retrieval import catalogue, segments, variants  # noqa: E402
from retrieval.dense import pack  # noqa: E402
from retrieval.embedding import LocalEmbedder, passage_text  # noqa: E402
from retrieval.postings import Postings  # noqa: E402
from retrieval.segment import Segment  # noqa: E402
from retrieval.strings import Strings  # noqa: E402
from retrieval.words import analysis_of, terms  # noqa: E402
from tests.benchmarks.shares import say  # noqa: E402

LABELS = ("open|UNCLASSIFIED", "closed|SECRET")
LANGUAGES = ("en", "es", "ru", "ar", "zh")
SHARES = (0.4, 0.3, 0.16, 0.08, 0.04, 0.016, 0.003, 0.001)
"""What each segment holds of its label."""

PASSAGES_EACH = 8
TAIL = {"en": 300_000, "es": 60_000, "ru": 60_000, "ar": 60_000, "zh": 30_000}
NAMES = 60_000
FIRST_DAY = datetime.date(2020, 1, 1)
DAYS = 1500
QUESTIONS = 60

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Real:
    """The real passages: vectors (n, d), the language of each, and its words as places in `keys`."""

    vectors: npt.NDArray[np.float32]
    languages: list[str]
    words: list[Integers]


@dataclass(frozen=True)
class Words:
    """All keys of the index, sorted; by language the places of its words, the most frequent first."""

    keys: list[str]
    of_language: dict[str, Integers]
    names: Integers
    skeletons: dict[str, str]


def passages(data: Path) -> list[tuple[str, str, str]]:
    """Real passages as (language, title, text)."""
    found = [
        (code, row["title"], row["text"])
        for code in LANGUAGES
        for row in _lines(data / "retrieval" / f"xquad-{code}" / "corpus.jsonl")
    ]
    factbook = _lines(data / "questions" / "factbook" / "corpus.jsonl")[::6]
    found += [("en", row["title"], row["text"]) for row in factbook]
    papers = _lines(data / "questions" / "natural" / "corpus.jsonl")
    cut = [
        (row["title"], row["text"][at : at + 700]) for row in papers for at in range(0, len(row["text"]), 700)
    ]
    return found + [("en", title, text) for title, text in cut[::4]]


def questions(data: Path) -> dict[str, list[str]]:
    """Real questions by the set that they are of."""
    found = {
        f"XQuAD {code}": [
            row["text"] for row in _lines(data / "retrieval" / f"xquad-{code}" / "queries.jsonl")
        ]
        for code in LANGUAGES
    }
    found["factbook"] = [row["question"] for row in _lines(data / "questions" / "factbook" / "qa.jsonl")]
    found["diplomatic papers"] = [
        row["question"] for row in _lines(data / "questions" / "natural" / "qa.jsonl")
    ]
    return {name: some[:: max(1, len(some) // QUESTIONS)][:QUESTIONS] for name, some in found.items()}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _made_up(count: int, letters: str, draw: random.Random) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        found.add("".join(draw.choices(letters, k=draw.randint(5, 11))))
    return sorted(found, key=lambda word: draw.random())


_LETTERS = {
    "en": "abcdefghiklmnoprstuvw", "es": "abcdefghilmnoprstuv", "ru": "абвгдежзиклмнопрстуя",
    "ar": "ابتجحدرسشعفقكلمنهوي", "zh": "的一是不了人我在有他这中大来上国个到说们",
}  # fmt: skip


def _words_of(texts: list[tuple[str, str, str]]) -> tuple[Words, list[list[str]], list[str]]:
    """The vocabulary, and the terms of each text as keys."""
    draw = random.Random(5)
    by_text: list[list[str]] = []
    counts: dict[str, Counter[str]] = {code: Counter() for code in LANGUAGES}
    names: Counter[str] = Counter()
    for code, title, text in texts:
        keys = [f"{analysis_of(code)}:{term}" for term in terms(f"{title} {text}", analysis_of(code))]
        by_text.append(keys)
        counts[code].update(keys)
        names.update(variants.names(f"{title} {text}"))
    frequent: dict[str, list[str]] = {}
    for code in LANGUAGES:
        real = [key for key, _ in counts[code].most_common()]
        made = (f"{analysis_of(code)}:{word}" for word in _made_up(TAIL[code], _LETTERS[code], draw))
        frequent[code] = list(dict.fromkeys([*real, *made]))
    all_names = list(
        dict.fromkeys([*(n for n, _ in names.most_common()), *_made_up(NAMES, "abdeghiklmnorstuvz", draw)])
    )
    skeletons = dict(variants.NameForms.of(variants.NAME + name for name in all_names).sounds())
    keys = sorted({*itertools.chain(*frequent.values()), *(variants.NAME + name for name in all_names)})
    place = {key: i for i, key in enumerate(keys)}
    words = Words(
        keys,
        {code: np.array([place[key] for key in some]) for code, some in frequent.items()},
        np.array([place[variants.NAME + name] for name in all_names]),
        skeletons,
    )
    return words, by_text, [code for code, _, _ in texts]


def _zipf(count: int, size: int, draw: np.random.Generator) -> Integers:
    """Ranks below `count`, as often as Zipf's law has it."""
    reached = np.cumsum(1 / (np.arange(count) + 2.7))
    return np.searchsorted(reached / reached[-1], draw.random(size)).clip(max=count - 1)


def _rows(count: int, real: Real, words: Words, draw: np.random.Generator) -> tuple[Any, ...]:
    """Vectors, languages (as places), and (row, key) for each word of `count` rows."""
    first, second = draw.integers(0, len(real.vectors), (2, count))
    packed = np.empty((count, real.vectors.shape[1]), np.int16)
    for start in range(0, count, 20_000):
        part = slice(start, min(start + 20_000, count))
        size = part.stop - part.start
        share = draw.uniform(0.2, 0.6, (size, 1)).astype(np.float32)
        mixed = (1 - share) * real.vectors[first[part]] + share * real.vectors[second[part]]
        noise = draw.normal(size=mixed.shape).astype(np.float32) / np.sqrt(mixed.shape[1])
        mixed += noise * draw.uniform(0.2, 0.6, (size, 1)).astype(np.float32)
        packed[part] = pack(mixed / np.linalg.norm(mixed, axis=1, keepdims=True))
    language = np.array([LANGUAGES.index(code) for code in real.languages])[first]
    lengths = np.clip(draw.lognormal(4.0, 0.5, count), 8, 150).astype(np.int64)
    row_of = np.repeat(np.arange(count), lengths)
    keys = np.empty(len(row_of), dtype=np.int64)
    is_own = draw.random(len(row_of)) < 0.5
    own_sizes = np.array([len(some) for some in real.words])
    own_first = np.concatenate([[0], np.cumsum(own_sizes)[:-1]])
    own_words, base = np.concatenate(real.words), first[row_of[is_own]]
    keys[is_own] = own_words[own_first[base] + (draw.random(len(base)) * own_sizes[base]).astype(np.int64)]
    for place, code in enumerate(LANGUAGES):
        mine = ~is_own & (language[row_of] == place)
        ranked = words.of_language[code]
        keys[mine] = ranked[_zipf(len(ranked), int(mine.sum()), draw)]
    names = words.names[_zipf(len(words.names), 2 * count, draw)]
    return (
        packed, language, lengths,
        np.concatenate([row_of, np.repeat(np.arange(count), 2)]), np.concatenate([keys, names]), row_of, keys,
    )  # fmt: skip


def _postings(
    words: Words, lengths: Integers, language: Integers, rows: Integers, keys: Integers
) -> Postings:
    both, counts = np.unique((keys << 32) + rows, return_counts=True)
    held, offsets = np.unique(both >> 32, return_index=True)
    kept = [words.keys[key] for key in held.tolist()]
    analyses = tuple(sorted(analysis_of(code) for code in LANGUAGES))
    of_language = np.array([analyses.index(analysis_of(code)) for code in LANGUAGES])
    return Postings(
        vocabulary=Strings.of(kept),
        offsets=np.append(offsets, len(both)).astype(np.int64),
        rows=(both & 0xFFFFFFFF).astype(np.int32),
        counts=counts.astype(np.uint16),
        lengths=lengths.astype(np.uint32),
        analyses=analyses,
        analysis_of_row=of_language[language].astype(np.uint8),
        names=variants.NameForms.of(kept, words.skeletons),
    )


def _segment(label: str, count: int, real: Real, words: Words, *, embedder: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    packed, language, lengths, rows, keys, row_of, said = _rows(count, real, words, draw)
    texts = _texts(words, row_of, said)
    documents = sorted(
        str(uuid.UUID(bytes=draw.bytes(16), version=4)) for _ in range(-(-count // PASSAGES_EACH))
    )
    document_of_row = (np.arange(count) // PASSAGES_EACH).astype(np.int32)
    ordinals = (np.arange(count) % PASSAGES_EACH).astype(np.int32)
    places = zip(document_of_row.tolist(), ordinals.tolist(), language.tolist(), texts, strict=True)
    _database(label, documents, places, draw.integers(0, DAYS, len(documents)).tolist())
    codes = sorted(LANGUAGES)
    segment = Segment(
        label=label,
        embedder=embedder,
        documents=documents,
        fingerprints=[document.replace("-", "") * 2 for document in documents],
        document_of_row=document_of_row,
        ordinals=ordinals,
        languages=tuple(codes),
        language_of_row=np.array([codes.index(code) for code in LANGUAGES])[language].astype(np.int16),
        vectors=packed,
        postings=_postings(words, lengths, language, rows, keys),
    )
    catalogue.publish(segment, *segments.write(segment))


def _texts(words: Words, row_of: Integers, said: Integers) -> Iterator[str]:
    firsts = np.concatenate([[0], np.cumsum(np.bincount(row_of))]).tolist()
    for first, last in itertools.pairwise(firsts):
        yield " ".join(words.keys[key].partition(":")[2] for key in said[first:last].tolist())


def _database(
    label: str, documents: list[str], places: Iterable[tuple[int, int, int, str]], days: list[int]
) -> None:
    blobs = [Blob(digest=document.replace("-", "") * 2, size=1) for document in documents]
    made = [
        Document(
            id=document, blob=blob, label=label, name=f"{document[:8]}.txt", title=f"Report {document[:8]}",
            media_type="text/plain", status=Status.READY, stage=Stage.DONE,
            document_date=FIRST_DAY + datetime.timedelta(days=day),
        )
        for document, blob, day in zip(documents, blobs, days, strict=True)
    ]  # fmt: skip
    pages = [Page(document=document, number=1) for document in made]
    for some in (blobs, made, pages):
        type(some[0]).objects.bulk_create(some, batch_size=2000)  # type: ignore[attr-defined]
    columns = ("document_id", "page_id", "ordinal", "label", "heading", "text", "start", "end", "language")
    ids = [document.replace("-", "") for document in documents]
    every = (
        (ids[at], pages[at].pk, ordinal, label, "", text, 0, len(text), LANGUAGES[code])
        for at, ordinal, code, text in places
    )
    with connection.cursor() as cursor:
        table, marks = Passage._meta.db_table, ", ".join(["%s"] * len(columns))
        quoted = ", ".join(f'"{name}"' for name in columns)
        while some_rows := list(itertools.islice(every, 20_000)):
            cursor.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", some_rows)


def main(data: Path, count: int, kept: Path) -> dict[str, Any]:
    """Make the rows. The real vectors are kept in the file `kept`."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
    texts, asked = passages(data), questions(data)
    embedder = LocalEmbedder()
    every = [question for some in asked.values() for question in some]
    if not kept.exists():
        say(f"embedding {len(texts):,} real passages and {len(every)} questions")
        read = embedder.encode([passage_text(title, "", text) for _, title, text in texts], is_query=False)
        np.savez(kept, read=read, asked=embedder.encode(every, is_query=True))
    vectors = np.load(kept)
    words, by_text, languages = _words_of(texts)
    place = {key: i for i, key in enumerate(words.keys)}
    real = Real(vectors["read"], languages, [np.array([place[key] for key in keys]) for keys in by_text])
    for at, label in enumerate(LABELS):
        for number, share in enumerate(SHARES):
            size = max(1, round(count / len(LABELS) * share))
            say(f"making {size:,} passages of {label}")
            _segment(label, size, real, words, embedder=embedder.name, seed=100 * at + number)
    folder = Path(settings.DATA_DIR)
    np.save(folder / "questions.npy", vectors["asked"])
    said = {"embedder": embedder.name, "questions": asked, "rows": count}
    (folder / "questions.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return {"passages": Passage.objects.count()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))))
