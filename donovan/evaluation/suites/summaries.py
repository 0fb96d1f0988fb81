"""Is every statement of a summary in the document, and are the main points there?

borne_out   share of the statements shown as supported that the cited page supports
citations   share of the citations that stand on their page at their offsets
coverage    of the demonstration: share of the facts its questions ask of this document that the summary
            holds; of meetings: share of the content words of a person's summary that it holds (recall of
            single words, as ROUGE-1 counts it: Lin 2004)
"""

import uuid
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.document_services import start_summary
from donovan.assistant.models import Answer
from donovan.assistant.summaries import summary_events
from donovan.evaluation.answer_metrics import holds, plain
from donovan.evaluation.asking import Corpus, demo_people, judged, load_corpus_of, load_demo, marking_over
from donovan.evaluation.demo import demo_questions, demo_texts
from donovan.evaluation.measuring import FULL, Item, Measured, Work
from donovan.evaluation.sets import NO_FOLDER, json_lines
from ingest.models import Document

PERSON = "ana"
_SHORTEST_WORD = 4
_MEETING_CHARACTERS = 12_000


def measure(work: Work) -> Measured:
    """Documents of the demonstration with their facts; parts of meetings where they are at hand."""
    measured = Measured()
    documents = load_demo()
    facts: dict[str, list[tuple[str, ...]]] = {}
    for question in demo_questions():
        if question.person == PERSON and question.expected:
            for name in question.documents:
                facts.setdefault(name, []).append(question.expected)
    languages = {text.name: text.language for text in demo_texts()}
    names = work.some_of_each(sorted(facts), lambda name: languages[name], quick=10)
    for done, name in enumerate(names, start=1):
        measured.take(
            work,
            f"demo:{name}",
            name,
            facts[name],
            made_by=partial(_demo_item, name, documents[name], facts[name], languages[name]),
        )
        work.on_progress(done, len(names), "documents of the demonstration summarised")
    folder = work.folder("summaries")
    path = folder / "qmsum-committee-val.jsonl" if folder else None
    if path is None or not path.is_file():
        measured.unmeasured.append(NO_FOLDER)
        return measured
    _meetings(work, measured, path)
    return measured


def _demo_item(name: str, document: uuid.UUID, facts: Sequence[Sequence[str]], language: str) -> Item:
    answer = _summarise(demo_people()[PERSON], document)
    covered = [any(holds(answer.text, text) for text in texts) for texts in facts]
    slices = {"language": language, "source": "demo"}
    return _item(f"demo:{name}", answer, sum(covered) / len(covered), slices, [name])


def _meeting_item(name: str, corpus: Corpus, reference: str) -> Item:
    answer = _summarise(corpus.asker, corpus.documents[name])
    wanted = _content(reference)
    coverage = len(wanted & _content(answer.text)) / len(wanted) if wanted else 0.0
    return _item(name, answer, coverage, {"language": "en", "source": "meetings"})


def _meetings(work: Work, measured: Measured, path: Path) -> None:
    parts = list(_parts_of_meetings(json_lines(path)))
    chosen = work.some(parts, quick=5, full=40 if work.size == FULL else 5)
    corpus = load_corpus_of("meetings", [(name, "Committee meeting", text) for name, text, _ in chosen])
    for done, (name, text, reference) in enumerate(chosen, start=1):
        measured.take(
            work,
            name,
            text,
            reference,
            made_by=partial(_meeting_item, name, corpus, reference),
        )
        work.on_progress(done, len(chosen), "parts of meetings summarised")


def _parts_of_meetings(rows: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """(name, the turns that a question is about, a person's summary of them)."""
    found = []
    for meeting, row in enumerate(rows):
        turns = row["meeting_transcripts"]
        for number, asked in enumerate(row["specific_query_list"]):
            places = [range(int(first), int(last) + 1) for first, last in asked["relevant_text_span"]]
            text = "\n".join(
                f"{turns[index]['speaker']}: {turns[index]['content']}"
                for place in places
                for index in place
                if index < len(turns)
            )
            if 500 < len(text) < _MEETING_CHARACTERS:
                found.append((f"meeting:{meeting:02}:{number:02}", text, str(asked["answer"])))
    return found


def _summarise(user: User, document: uuid.UUID) -> Answer:
    answer = start_summary(user, Document.objects.get(pk=document))
    for _event in summary_events(answer.pk, scope=scope_for(user)):
        pass
    return Answer.objects.get(pk=answer.pk)


def _item(
    name: str, answer: Answer, coverage: float, slices: dict[str, str], texts: Sequence[str] = ()
) -> Item:
    found = judged(answer)
    scores = {"coverage": coverage}
    if (borne_out := found.borne_out()) is not None:
        scores["borne_out"] = borne_out
    if (citations := found.citations_in_place()) is not None:
        scores["citations"] = citations
    return Item(name, scores, slices, {"said": answer.text[:900]}, marking=marking_over(answer.labels, texts))


def _content(text: str) -> set[str]:
    return {word for word in plain(text).split() if len(word) >= _SHORTEST_WORD or word.isdigit()}
