"""The list of what is in a bundle: every file with its digest, and what each part is."""

import json
from pathlib import Path

from deploy.stamps import file_digest

DIGESTS = "MANIFEST.sha256"
PARTS = "manifest.json"


def write(folder: Path, parts: dict[str, object]) -> int:
    """Write manifest.json with `parts` and MANIFEST.sha256 over everything. Returns the number of files."""
    (folder / PARTS).write_text(json.dumps(parts, indent=2, sort_keys=True) + "\n")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != DIGESTS]
    lines = [f"{file_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / DIGESTS).write_text("".join(lines))
    return len(files)
