"""A report over 500 documents with eight sections, made by the services alone while they are killed twice.

The documents are made here, a short paper each about one of forty depots, and embedded and indexed by the
real parts. Then the whole installation runs. The report is started as a page would start it, and from then
on nobody helps: the worker of the queue and all its children are killed with SIGKILL at two random moments,
and the supervisor, the sweep and the leases have to do the rest.

The children of the benchmark: python -m tests.benchmarks.reports prepare N | start | judge REPORT FILE
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django
import psutil

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import installation, manage
from tests.deploy.running import ROOT, Running

DOCUMENTS = int(os.environ.get("DONOVAN_BENCH_DOCUMENTS", "500"))
SECTIONS = 8
KILLS = 2
PATIENCE_SECONDS = 3600.0
DEPOTS = 40
CAPTAINS = ("Marsh", "Novak", "Reyes", "Lind", "Okoro")
GOODS = ("water", "fuel", "flour", "tents", "blankets", "medicine", "cable", "timber")
QUESTIONS = (
    "How many tonnes of fuel arrived at depot 3?\nWho is in charge of depot 3?",
    "How many tonnes of water arrived at depot 7?\nWhich road to depot 7 is closed?",
    "Who is in charge of depot 11?\nHow many tonnes of flour arrived at depot 11?",
    "Which road to depot 19 is closed?\nWho is in charge of depot 19?",
    "How many tents arrived at depot 23?\nWho is in charge of depot 23?",
    "How many tonnes of timber arrived at depot 31?\nWhich road to depot 31 is closed?",
)


def run() -> list[Figure]:
    seed = random.SystemRandom().randrange(1 << 30)
    moments = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="donovan-reports-") as folder:
        data = Path(folder)
        manage("migrate", "--no-input", data=data)
        _child(data, "prepare", str(DOCUMENTS))
        kills, unfinished = 0, []
        with installation(data) as running:
            began = time.monotonic()
            report = _child(data, "start")["report"]
            while (states := _states(data)) and set(states) & {"waiting", "running"}:
                if time.monotonic() - began > PATIENCE_SECONDS:
                    break
                # The second comes further on, so that what was made before it has to stay.
                if kills < KILLS and states["running"] and states["done"] >= 3 * kills:
                    time.sleep(moments.uniform(0.2, 6.0))
                    unfinished.append(sum(_states(data)[state] for state in ("waiting", "running")))
                    _kill_with_children(running, "insight worker")
                    kills += 1
                time.sleep(0.5)
            seconds = time.monotonic() - began
        told = _child(data, "judge", report, str(data / "report.docx"))
    left = " and ".join(str(number) for number in unfinished)
    return [
        Figure("documents in scope", told["documents"], target=DOCUMENTS),
        Figure("kills survived", kills, target=KILLS, note=f"{left} sections unfinished then, seed {seed}"),
        Figure("sections made", told["done"], target=SECTIONS, note=f"of {told['sections']}"),
        Figure("says what it covered", float(told["says_coverage"]), target=1.0, note=told["coverage"]),
        Figure("sentences", told["sentences"], note=f"{told['supported']} supported by what they cite"),
        Figure("sections made twice", told["doubled"], target=0, bound="at_most"),
        Figure("size of the Word file", told["bytes"] / 1000, "kB"),
        Figure("from start to end", seconds, "s"),
    ]


def _child(data: Path, *words: str) -> dict[str, Any]:
    environment = {**os.environ, "DONOVAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "donovan.settings"}
    environment.pop("DONOVAN_DATABASE_URL", None)
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.reports", *words],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def _states(data: Path) -> Counter[str]:
    with sqlite3.connect(f"file:{data / 'donovan.sqlite3'}?mode=ro", uri=True, timeout=30) as database:
        return Counter(state for (state,) in database.execute("SELECT state FROM reports_section"))


def _kill_with_children(running: Running, name: str) -> None:
    """Kill a service and what it started: an orphan would end its section in peace."""
    before = running.service(name).pid
    for process in psutil.Process(before).children(recursive=True):
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    os.kill(before, signal.SIGKILL)
    running.wait_for_successor(name, before)


def prepare(count: int) -> dict[str, Any]:
    """People and `count` documents, in the index."""
    from donovan.access.cast import create_demo_people
    from retrieval import indexing
    from tests.assistant.material import add_document

    create_demo_people()
    words = random.Random(20261123)
    for number in range(count):
        depot = number % DEPOTS
        good = GOODS[number // DEPOTS % len(GOODS)]
        day = date(2026, 1, 1) + timedelta(days=words.randrange(300))
        add_document(
            f"Log {number} of depot {depot}",
            f"Log of depot {depot}, {day:%d %B %Y}\n\n"
            f"{words.randrange(2, 90)} tonnes of {good} arrived at depot {depot} on {day:%d %B %Y}. "
            f"Captain {CAPTAINS[depot % 5]} is in charge of depot {depot}. "
            f"The road from depot {depot} to pier {words.randrange(9)} is closed after rain.",
        )
    while indexing.index_pending(limit=100):
        pass
    return {"documents": count}


def start() -> dict[str, Any]:
    """Start the report as ana."""
    from donovan.access.models import User
    from donovan.library.callers import Caller
    from donovan.reports import services
    from donovan.reports.models import Design

    ana = User.objects.get(username="ana")
    parts = [("question", {"questions": asked}) for asked in QUESTIONS]
    parts += [("documents", {}), ("text", {"text": "Figures are in metric tonnes."})]
    design = Design.objects.create(
        owner=ana,
        name="Depots",
        sections=[
            {"key": f"part-{number}", "kind": kind, "heading": f"Part {number}", "settings": settings}
            for number, (kind, settings) in enumerate(parts, start=1)
        ],
    )
    report = services.start_report(Caller.named(ana, source="benchmark"), f"own:{design.pk}", title="Depots")
    return {"report": str(report.pk)}


def judge(report_id: str, out: str) -> dict[str, Any]:
    """What became of the report, exported as Word."""
    from donovan.access.models import User
    from donovan.library.callers import Caller
    from donovan.library.selectors import readable_documents
    from donovan.reports.building import content_of
    from donovan.reports.content import Paragraph
    from donovan.reports.exporting import export_report
    from donovan.reports.models import Report

    caller = Caller.named(User.objects.get(username="ana"), source="benchmark")
    report = Report.objects.get(pk=report_id)
    content = content_of(report, caller.scope, caller.user)
    exported = export_report(caller, report.pk, "docx")
    Path(out).write_bytes(exported.data)
    documents = readable_documents(caller.scope).count()
    statements = [
        statement
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Paragraph)
        for statement in block.statements
    ]
    return {
        "documents": documents,
        "sections": len(content.sections),
        "done": sum(section.state == "done" for section in content.sections),
        "doubled": sum(section.making > 1 for section in report.sections.all()),
        "coverage": content.coverage,
        "says_coverage": f"{documents:,}" in content.coverage or str(documents) in content.coverage,
        "sentences": len(statements),
        "supported": sum(statement.state in ("supported", "computed") for statement in statements),
        "bytes": len(exported.data),
    }


if __name__ == "__main__":
    django.setup()
    _work, *_given = sys.argv[1:]
    _children = {"prepare": lambda count: prepare(int(count)), "start": start, "judge": judge}
    print(json.dumps(_children[_work](*_given)))
