"""Query-focused summaries of meetings whose summary by a person is known: our way, and two others beside it.

All three are as long as ours, in words. LexRank is a library's, over all sentences of the meeting; it knows
no query. The plain way puts the first passages that the search finds for the query into the same model, and
takes its words as they come. Each is compared with the person's summary by ROUGE-1 F1 (a library's, with
stems). Intervals are of 95 %, by drawing the queries again.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
import numpy as np

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data

QUERIES = int(os.environ.get("DONOVAN_BENCH_QUESTIONS", "73"))
MEETINGS = "qmsum-committee-val.jsonl"
PLAIN_PASSAGES = 3
PASSAGE_CHARACTERS = 900
TOKENS_A_WORD = 1.6
DRAWS = 2000


def run() -> list[Figure]:
    folder = evaluation_data("summaries")
    with tempfile.TemporaryDirectory(prefix="donovan-bench-") as scratch:
        environment = {**os.environ, "DONOVAN_DATA": scratch, "DONOVAN_IS_SCRATCH": "1"}
        environment |= {"DJANGO_SETTINGS_MODULE": "donovan.settings"}
        environment.pop("DONOVAN_DATABASE_URL", None)
        told = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.summaries", str(folder / MEETINGS)],
            env=environment,
            cwd=Path(__file__).resolve().parents[2],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found = json.loads(told.stdout.splitlines()[-1])
    ours, lexrank, plain = (np.array(found[way]) for way in ("ours", "lexrank", "plain"))
    note = f"n = {len(ours)} queries, {found['words']:.0f} words each (median)"
    return [
        Figure("ROUGE-1 F1, ours", float(ours.mean()), note=f"{_interval(ours)}; {note}"),
        Figure("ROUGE-1 F1, LexRank at the same length", float(lexrank.mean()), note=_interval(lexrank)),
        Figure("ROUGE-1 F1, the plain way at the same length", float(plain.mean()), note=_interval(plain)),
        Figure("ours to LexRank", _ratio(ours, lexrank), "times", 1.25, note=_ratio_interval(ours, lexrank)),
        Figure("ours to the plain way", _ratio(ours, plain), "times", 1.0, note=_ratio_interval(ours, plain)),
        Figure("statements supported by the page they cite", found["borne_out"], target=1.0),
        Figure("citations that stand on their page", found["in_place"], target=1.0),
        Figure("median seconds to the whole summary", found["seconds"], "s"),
    ]


def main(path: Path) -> dict[str, Any]:
    """All three ways over the meetings in `path`, in the scratch installation that the environment names."""
    django.setup()
    from statistics import median

    from rouge_score.rouge_scorer import RougeScorer

    from donovan.evaluation import scratch
    from donovan.evaluation.answers_suite import evenly
    from donovan.evaluation.asking import load_corpus_of

    scratch.prepare()
    with path.open(encoding="utf-8") as stream:
        meetings = [json.loads(line) for line in stream]
    texts = {f"meeting-{number:02}": _text(meeting) for number, meeting in enumerate(meetings)}
    named = [(name, "Committee meeting", text) for name, text in texts.items()]
    corpus = load_corpus_of("meetings", named, _progress)
    ranked = {name: _by_lexrank(text) for name, text in texts.items()}
    asked = [
        {"name": name, "query": row["query"], "answer": row["answer"]}
        for name, meeting in zip(texts, meetings, strict=True)
        for row in (*meeting["specific_query_list"], *meeting["general_query_list"])
    ]
    scorer = RougeScorer(["rouge1"], use_stemmer=True)
    found: dict[str, list[float]] = {way: [] for way in ("ours", "lexrank", "plain")}
    lengths, borne_out, in_place, seconds = [], [], [], []
    for number, item in enumerate(evenly(asked, QUERIES), start=1):
        name, query = item["name"], item["query"]
        judged = _ours(corpus, name, query)
        words = len(judged.answer.text.split())
        said = {
            "ours": judged.answer.text,
            "lexrank": _first_words(" ".join(ranked[name]), words),
            "plain": _first_words(_plain_way(corpus, name, query, words), words),
        }
        for way, text in said.items():
            found[way].append(scorer.score(item["answer"], text)["rouge1"].fmeasure)
        lengths.append(words)
        seconds.append(judged.answer.seconds["total"])
        borne_out.append(judged.borne_out() or 0.0)
        in_place.append(judged.citations_in_place() or 0.0)
        means = ", ".join(f"{way} {np.mean(scores):.3f}" for way, scores in found.items())
        _progress(f"{number} queries: {means}")
    return {
        **found,
        "words": median(lengths),
        "borne_out": float(np.mean(borne_out)),
        "in_place": float(np.mean(in_place)),
        "seconds": round(median(seconds), 2),
    }


def _text(meeting: dict[str, Any]) -> str:
    return "\n".join(f"{turn['speaker']}: {turn['content']}" for turn in meeting["meeting_transcripts"])


def _by_lexrank(text: str) -> list[str]:
    """The sentences of a meeting, the most central first.

    Each sentence is a document of its own to the weights of the words: from one document there are none.
    """
    from lexrank import STOPWORDS, LexRank

    from donovan.assistant.spans import cut

    sentences = [text[start:end] for start, end in cut(text)]
    ranker = LexRank([[sentence] for sentence in sentences], stopwords=STOPWORDS["en"])
    scores = ranker.rank_sentences(sentences)
    return [sentences[place] for place in np.argsort(-scores, kind="stable")]


def _ours(corpus: Any, name: str, query: str) -> Any:
    from donovan.access.scope import scope_for
    from donovan.assistant.document_services import start_summary
    from donovan.assistant.models import Answer
    from donovan.assistant.summaries import summary_events
    from donovan.evaluation.asking import judged
    from ingest.models import Document

    started = start_summary(corpus.asker, Document.objects.get(pk=corpus.documents[name]), focus=query)
    for _event in summary_events(started.pk, scope=scope_for(corpus.asker)):
        pass
    return judged(Answer.objects.get(pk=started.pk))


def _plain_way(corpus: Any, name: str, query: str, words: int) -> str:
    from donovan.access.scope import scope_for
    from donovan.llm import get_language_model
    from donovan.llm.interface import GenerationRequest, Message, Token
    from retrieval.results import SearchFilters
    from retrieval.search import search

    filters = SearchFilters(documents=frozenset({corpus.documents[name]}))
    hits = search(query, scope_for(corpus.asker), limit=PLAIN_PASSAGES, filters=filters).hits
    passages = "\n\n".join(hit.text[:PASSAGE_CHARACTERS] for hit in hits)
    request = GenerationRequest(
        messages=(
            Message("system", f"Summarise what the passages say to the query, in about {words} words."),
            Message("user", f"{passages}\n\nQuery: {query}"),
        ),
        max_tokens=int(words * TOKENS_A_WORD) + 1,
    )
    return "".join(event.text for event in get_language_model().generate(request) if isinstance(event, Token))


def _first_words(text: str, count: int) -> str:
    return " ".join(text.split()[:count])


def _ratio(ours: Sequence[float], other: Sequence[float]) -> float:
    return float(np.mean(ours)) / max(float(np.mean(other)), 0.001)


def _draws(count: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).integers(0, count, size=(DRAWS, count))


def _interval(values: np.ndarray[Any, Any]) -> str:
    return _shown(values[_draws(len(values))].mean(axis=1))


def _ratio_interval(ours: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> str:
    drawn = _draws(len(ours))
    return _shown(ours[drawn].mean(axis=1) / np.maximum(other[drawn].mean(axis=1), 0.001))


def _shown(drawn: np.ndarray[Any, Any]) -> str:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{low:.3f} to {high:.3f}"


def _progress(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
