"""Takes every file of a folder through the product and says of each what became of it.

python -m tests.benchmarks.messy_steps FOLDER LIST [PART]

LIST gets one JSON object a file, as it comes. PART, as "1/2", takes every second file only.
"""

import json
import multiprocessing
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db.models.functions import Length  # noqa: E402

from ingest import pipeline, services  # noqa: E402
from ingest.errors import IngestError  # noqa: E402
from ingest.models import Page  # noqa: E402
from tests.benchmarks.messy_peers import missing_words, peer_text  # noqa: E402

LABEL = "bench|UNCLASSIFIED"
_PEER_SECONDS = 60


def by_peer(path: Path) -> str:
    """What a plain reader of the format gets out of the file, "" where it fails or takes too long."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=peer_text, args=(path, sender), daemon=True)
    worker.start()
    sender.close()
    text = ""
    with suppress(EOFError, OSError):
        text = str(receiver.recv()) if receiver.poll(_PEER_SECONDS) else ""
    worker.kill()
    worker.join()
    return text


def told(path: Path, folder: Path) -> dict[str, Any]:
    """What became of one file, with all that came out of it."""
    began = time.monotonic()
    row: dict[str, Any] = {"file": str(path.relative_to(folder)), "bytes": path.stat().st_size}
    try:
        with path.open("rb") as stream:
            handed_in = services.receive(stream, name=path.name, label=LABEL, received_by="bench")
    except IngestError as error:
        return {
            **row,
            "state": "refused",
            "code": error.code,
            "said": error.sentence,
            "seconds": 0.0,
            "with_what_is_in_it": 0,
        }
    document = pipeline.process(handed_in.document_id)
    while waiting := pipeline.next_waiting():
        pipeline.process(waiting)
    seconds = time.monotonic() - began
    family = [document, *services.attached_to(document)]
    pages = Page.objects.filter(document__in=family)
    texts = list(pages.values_list("text", flat=True))
    own = pages.filter(document=document).annotate(length=Length("text")).values_list("length", flat=True)
    share, examples = missing_words(by_peer(path), [document.title, *texts])
    return {
        **row,
        "state": document.status if document.status != "running" else f"{document.status}:{document.stage}",
        "kind": document.metadata.get("kind", ""),
        "code": document.error_code,
        "said": document.error,
        "title": document.title,
        "date": str(document.document_date or ""),
        "pages": document.page_count,
        "by_ocr": document.ocr_page_count,
        "characters": sum(own),
        "with_what_is_in_it": sum(map(len, texts)),
        "inside": [{"name": each.name, "state": each.status, "code": each.error_code} for each in family[1:]],
        "seconds": round(seconds, 2),
        "peer_missing": share,
        "peer_examples": examples,
        "megabytes": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }


def main() -> None:
    folder, listing = Path(sys.argv[1]), Path(sys.argv[2])
    part, parts = map(int, (sys.argv[3] if len(sys.argv) > 3 else "1/1").split("/"))
    files = sorted(path for path in folder.rglob("*") if path.is_file())[part - 1 :: parts]
    with listing.open("w", encoding="utf-8") as out:
        for path in files:
            print(json.dumps(told(path, folder), ensure_ascii=False), file=out, flush=True)


if __name__ == "__main__":
    main()
