"""Write the demo collection: `python deploy/demo/generate.py --out FOLDER`.

Reads the texts beside this file and writes FOLDER/<collection>/<marking>/<file>, FOLDER/truth/ and
FOLDER/manifest.json, the same bytes on every run. When FOLDER already holds what these texts make, nothing
is done.
Exit 0: the folder is complete. Exit 1: a text or a font is at fault, or the folder holds something else.
"""

import argparse
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from rendering.forms import Made, make, read_texts
from rendering.markup import DemoText, TextError, read_text

HERE = Path(__file__).resolve().parent
TEXTS = HERE / "texts"
RECORD_NAME = "generated.json"
_LIBRARIES = ("reportlab", "pillow", "numpy", "pypdfium2", "python-docx", "openpyxl")


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Write the demo collection of Operation Steady Harbour.")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where to write it")
    parser.add_argument("--quiet", action="store_true", help="say nothing while it goes well")
    options = parser.parse_args(arguments)
    try:
        generate(options.out.resolve(), is_quiet=options.quiet)
    except TextError as error:
        print(f"The demo could not be written. {error}", file=sys.stderr)
        return 1
    return 0


def generate(folder: Path, *, is_quiet: bool = False) -> None:
    """Write the collection to `folder`. Raises TextError when a text is at fault or the folder holds
    something else."""
    started = time.monotonic()
    digest = source_digest()
    if _is_complete(folder, digest):
        _say("The demo collection is already there and unchanged.", is_quiet=is_quiet)
        return
    _refuse_foreign(folder)
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    texts = read_texts(TEXTS)
    made = _make_all(texts, is_quiet=is_quiet)
    manifest: list[dict[str, str]] = []
    anomalies: list[dict[str, Any]] = []
    places = {text.source.stem: place_of(text) for text in texts}
    for text in texts:
        place, result = places[text.source.stem], made[text.source.stem]
        truth = f"truth/{text.setting('file')}.txt"
        _write(part / place, result.data)
        _write(part / truth, result.truth.encode())
        manifest.append(
            {
                "path": place,
                "collection": text.setting("collection"),
                "marking": text.setting("marking"),
                "uploaded_by": text.setting("uploaded_by", "rita"),
                "truth": truth,
            }
        )
        anomalies.extend({"file": place, **vars(anomaly)} for anomaly in result.anomalies)
    _write_json(part / "manifest.json", manifest)
    _write_json(part / "truth" / "anomalies.json", anomalies)
    _write_json(part / "truth" / "questions.json", _questions(places))
    _write(part / "truth" / "places.json", (TEXTS / "places.json").read_bytes())
    files = sorted(str(path.relative_to(part)) for path in part.rglob("*") if path.is_file())
    _write_json(part / RECORD_NAME, {"digest": digest, "files": files})
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    seconds = time.monotonic() - started
    _say(f"{len(manifest)} documents written to {folder} in {seconds:.0f} s.", is_quiet=is_quiet)


def place_of(text: DemoText) -> str:
    """Where a document goes: collection, then its marking as a folder name, then its file name."""
    marking = re.sub(r"[^a-z0-9]+", "-", text.setting("marking").lower()).strip("-")
    return f"{text.setting('collection')}/{marking}/{text.setting('file')}"


def source_digest() -> str:
    """SHA-256 over all that decides the output: code, texts, and the versions of the libraries that draw."""
    digest = hashlib.sha256()
    for path in sorted(HERE.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".md", ".txt", ".html", ".json", ".csv"):
            digest.update(f"{path.relative_to(HERE)}\n".encode())
            digest.update(path.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library}=={importlib.metadata.version(library)}\n".encode())
    return digest.hexdigest()


def _make_all(texts: list[DemoText], *, is_quiet: bool) -> dict[str, Made]:
    made: dict[str, Made] = {}
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        waiting = {pool.submit(_make_one, text.source): text for text in texts}
        for done in as_completed(waiting):
            text = waiting[done]
            made[text.source.stem] = done.result()
            _say(f"[{len(made):2}/{len(texts)}] {text.setting('file')}", is_quiet=is_quiet)
    return made


def _make_one(source: Path) -> Made:
    return make(read_text(source))


def _questions(places: dict[str, str]) -> list[dict[str, Any]]:
    """The questions with the documents' paths in place of the names of their texts."""
    questions: list[dict[str, Any]] = json.loads((TEXTS / "questions.json").read_text(encoding="utf-8"))
    for question in questions:
        for answer in question["answers"].values():
            unknown = [name for name in answer.get("documents", []) if name not in places]
            if unknown:
                raise TextError(
                    f"questions.json names texts that do not exist: {', '.join(unknown)}. Correct it."
                )
            answer["documents"] = [places[name] for name in answer.get("documents", [])]
    return questions


def _is_complete(folder: Path, digest: str) -> bool:
    record = folder / RECORD_NAME
    if not record.is_file():
        return False
    content = json.loads(record.read_text(encoding="utf-8"))
    return content["digest"] == digest and all((folder / name).is_file() for name in content["files"])


def _refuse_foreign(folder: Path) -> None:
    """Only a folder that this program wrote is ever replaced."""
    if folder.exists() and not (folder / RECORD_NAME).is_file() and any(folder.iterdir()):
        raise TextError(f"{folder} is not empty and was not written by this program. Choose another folder.")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _write_json(path: Path, content: object) -> None:
    _write(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def _say(sentence: str, *, is_quiet: bool) -> None:
    if not is_quiet:
        print(sentence, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
