"""Planted faults: found through the whole product, in the demo and in tables made for this with other words.

A finding matches a planted fault in the same file and sheet, in its row, and in its column where the fault
has one. What matches nothing is a false alarm. The files go through sandbox, extraction and examination as
any analyst's would.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import django

from tests.benchmarks.figures import Figure
from tests.benchmarks.plants import write_holdout

ROOT = Path(__file__).resolve().parents[2]
MOST_FALSE = 0.1


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="donovan-planted-") as folder:
        demo, other = Path(folder) / "demo", Path(folder) / "other"
        generator = ROOT / "deploy" / "demo" / "generate.py"
        subprocess.run([sys.executable, str(generator), "--out", str(demo)], check=True, stdout=sys.stderr)
        write_holdout(other)
        environment = {
            **os.environ,
            "DONOVAN_DATA": str(Path(folder) / "data"),
            "DONOVAN_IS_SCRATCH": "1",
            "DJANGO_SETTINGS_MODULE": "donovan.settings",
        }
        environment.pop("DONOVAN_DATABASE_URL", None)
        told = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.planted", str(demo), str(other)],
            env=environment,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found = json.loads(told.stdout.splitlines()[-1])
    return [*_figures("demo", found["demo"]), *_figures("other tables", found["other"])]


def _figures(name: str, judged: Mapping[str, Any]) -> list[Figure]:
    share = judged["found"] / max(judged["planted"], 1)
    ratio = judged["false"] / max(judged["found"], 1)
    missed = "; ".join(judged["missed"][:6])
    alarms = "; ".join(judged["alarms"][:6])
    figures = [
        Figure(f"{name}: found of {judged['planted']} planted", share, target=1.0, note=missed),
        Figure(f"{name}: false alarms for each true", ratio, "", MOST_FALSE, "at_most", alarms),
        Figure(f"{name}: alarms in {judged['clean']} clean tables", judged["in_clean"]),
    ]
    return figures + [
        Figure(f"{name}: {kind}", found / planted, note=f"{found} of {planted}")
        for kind, (found, planted) in judged["kinds"].items()
    ]


def main(demo: Path, other: Path) -> dict[str, Any]:
    """Both folders, in the scratch installation that the environment names."""
    django.setup()
    from donovan.evaluation import scratch

    scratch.prepare()
    return {"demo": judged_folder(demo), "other": judged_folder(other)}


def judged_folder(folder: Path) -> dict[str, Any]:
    """What was found of the faults in truth/anomalies.json of a folder."""
    truth = json.loads((folder / "truth" / "anomalies.json").read_text(encoding="utf-8"))
    files = sorted({entry["file"] for entry in truth} | set(_clean_files(folder)))
    alarms = []
    for file in files:
        print(f"examining {file} …", file=sys.stderr, flush=True)
        alarms += alarms_of(folder / file, file)
    return judge(truth, alarms, _clean_files(folder))


def _clean_files(folder: Path) -> list[str]:
    listed = folder / "truth" / "clean.json"
    return list(json.loads(listed.read_text(encoding="utf-8"))) if listed.exists() else []


def alarms_of(path: Path, file: str) -> list[dict[str, Any]]:
    """The findings in one file, handed in and read by the real parts."""
    from donovan.access.labels import label_for
    from donovan.access.markings import parse_marking
    from donovan.access.models import Collection
    from donovan.insight.anomalies.models import Finding
    from donovan.insight.anomalies.services import examine_document
    from donovan.insight.tables.services import extract_tables
    from donovan.library.services import take_in
    from ingest import pipeline
    from ingest.models import Document, Status

    collection, _ = Collection.objects.get_or_create(slug="planted", defaults={"title": "Planted"})
    label = label_for(collection, parse_marking("UNCLASSIFIED"))
    with path.open("rb") as stream:
        document_id = take_in(stream, name=path.name, label=label, actor="benchmark").document_id
    pipeline.process(document_id)
    # Its passages wait for the index, which tables do not need.
    Document.objects.filter(pk=document_id).update(status=Status.READY)
    extract_tables(document_id)
    examine_document(document_id)
    return [
        {
            "file": file,
            "sheet": finding.table.name if finding.table is not None else "",
            "rows": finding.rows,
            "column": finding.column,
            "kind": finding.kind,
            "why": finding.why,
        }
        for finding in Finding.objects.filter(document=document_id).select_related("table")
    ]


def judge(
    truth: Sequence[Mapping[str, Any]], alarms: Sequence[Mapping[str, Any]], clean: Iterable[str]
) -> dict[str, Any]:
    """Planted faults and alarms against each other."""
    planted, found = Counter(entry["kind"] for entry in truth), Counter[str]()
    missed, matched = [], set()
    for entry in truth:
        hits = [at for at, alarm in enumerate(alarms) if matches(alarm, entry)]
        matched.update(hits)
        found[entry["kind"]] += bool(hits)
        if not hits:
            missed.append(f"{entry['file']} {entry['sheet']} row {entry['row']} {entry['column']}")
    false = [alarm for at, alarm in enumerate(alarms) if at not in matched]
    told = [f"{one['file']} {one['sheet']} {one['rows'][:3]} {one['column']}: {one['why']}" for one in false]
    untouched = set(clean)
    return {
        "planted": len(truth),
        "found": sum(found.values()),
        "false": len(false),
        "in_clean": sum(alarm["file"] in untouched for alarm in false),
        "clean": len(untouched),
        "missed": missed,
        "alarms": told,
        "kinds": {kind: (found[kind], count) for kind, count in sorted(planted.items())},
    }


def matches(alarm: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """Same file and sheet, the row, and the column where the fault has one."""
    return (
        alarm["file"] == entry["file"]
        and (not entry["sheet"] or alarm["sheet"] == entry["sheet"])
        and entry["row"] in alarm["rows"]
        and (not entry["column"] or alarm["column"] in ("", entry["column"]))
    )


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
