"""Arithmetic in answers over tables: what share of questions is answered, and whether every answer is right.

The tables are handed in, read in the sandbox and kept as any table is. A part of the questions is asked of
the
demonstration's own tables. `DONOVAN_BENCH_SHOW=1` names every question that was refused or wrong.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import django

from tests.benchmarks import spoken_tables, table_gold, table_questions
from tests.benchmarks.figures import Figure

ROOT = Path(__file__).resolve().parents[2]


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="donovan-arithmetic-") as folder:
        environment = {
            **os.environ,
            "DONOVAN_DATA": str(Path(folder) / "data"),
            "DONOVAN_IS_SCRATCH": "1",
            "DJANGO_SETTINGS_MODULE": "donovan.settings",
        }
        environment.pop("DONOVAN_DATABASE_URL", None)
        demo = Path(folder) / "demo"
        generator = ROOT / "deploy" / "demo" / "generate.py"
        subprocess.run([sys.executable, str(generator), "--out", str(demo)], check=True, stdout=sys.stderr)
        told = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.arithmetic", str(Path(folder) / "tables"), str(demo)],
            env=environment,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found = json.loads(told.stdout.splitlines()[-1])
    wrong = "; ".join(found["wrong"][:4])
    kinds = f"{found['kinds']} kinds"
    return [
        Figure(
            f"answered of {found['asked']} questions", found["answered"] / found["asked"], "", 0.8, note=kinds
        ),
        Figure("right of those answered", found["right"] / max(found["answered"], 1), "", 1.0, note=wrong),
        Figure(
            f"refused of {found['unanswerable']} that cannot be answered",
            found["refused"] / max(found["unanswerable"], 1),
            "",
            1.0,
        ),
    ]


def main(folder: Path, demo: Path) -> dict[str, Any]:
    """Every question asked of the tables in a scratch installation that the environment names."""
    django.setup()
    from donovan.evaluation import scratch
    from tests.benchmarks import demo_gold

    scratch.prepare()
    frames = spoken_tables.write(folder)
    files = {name: folder / f"{name}.csv" for name in frames}
    files |= demo_gold.files(demo)
    questions = [*table_questions.ask_all(frames), *demo_gold.questions(demo)]
    return judge(files, questions)


def judge(files: dict[str, Path], questions: list[table_gold.Question]) -> dict[str, Any]:
    """How the questions fare. The tables are made from the files by the product's own parts."""
    from donovan.access.models import Collection
    from donovan.insight.tables.engine import open_session
    from donovan.insight.tables.models import DataTable
    from donovan.insight.tables.questions import answer_question
    from donovan.insight.tables.reading import facts_of_table
    from donovan.insight.tables.services import extract_tables
    from donovan.library import services
    from ingest import pipeline
    from ingest.models import Document, Status

    Collection.objects.get_or_create(slug="measured", defaults={"title": "Measured"})
    label = services.label_for_operator("measured", "UNCLASSIFIED")
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    for name, path in files.items():
        with path.open("rb") as stream:
            submission = services.take_in(stream, name=path.name, label=label, actor="benchmark")
        pipeline.process(submission.document_id)
        Document.objects.filter(pk=submission.document_id).update(status=Status.READY)
        extract_tables(submission.document_id)
        table = DataTable.objects.filter(document_id=submission.document_id).order_by("ordinal").first()
        assert table is not None, name
        with open_session({"t": table}) as session:
            facts = facts_of_table(session, "t", table)
            for question in questions:
                if question.table == name:
                    _judge(question, answer_question(question.words, [facts], session), counted, wrong)
    return {
        **{key: counted[key] for key in ("asked", "answered", "right", "unanswerable", "refused")},
        "kinds": len({question.kind for question in questions}),
        "wrong": wrong,
    }


def _judge(question: table_gold.Question, answer: Any, counted: "Counter[str]", wrong: list[str]) -> None:
    shows = os.environ.get("DONOVAN_BENCH_SHOW") == "1"
    if question.gold is None:
        counted["unanswerable"] += 1
        counted["refused"] += bool(answer.refused)
        if not answer.refused:
            wrong.append(f"{question.words} -> {answer.sentence}")
    else:
        counted["asked"] += 1
        counted["answered"] += not answer.refused
        is_right = not answer.refused and table_gold.is_right(answer.value, question)
        counted["right"] += is_right
        if not answer.refused and not is_right:
            wrong.append(f"{question.words} -> {answer.sentence} (gold {question.gold})"[:400])
        elif answer.refused and shows:
            ways = [choice.words for choice in answer.choices]
            print(
                f"refused: {question.kind}: {question.words} -> {answer.refused[:90]} {ways}", file=sys.stderr
            )
    if shows and wrong and wrong[-1].startswith(question.words):
        print(f"WRONG: {wrong[-1]}", file=sys.stderr)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
