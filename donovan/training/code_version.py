"""Which code trains: the version of the package and a digest of every source that decides the result."""

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_SOURCES = (
    *("contract.py", "checkpoints.py", "child.py"),
    *("reader/learning.py", "reader/examples.py", "reader/corruptions.py", "reader/anchors.json"),
)
_LIBRARIES = ("torch", "sentence-transformers", "transformers", "scikit-learn", "peft", "trl")


@lru_cache(maxsize=1)
def code_version() -> str:
    """Such as "0.1.0+3fa9c1d2e0b4": the same for the same sources and the same training libraries."""
    hashed = hashlib.sha256()
    trainers = sorted((_HERE / "trainers").rglob("*.py"))
    for path in [*(_HERE / name for name in _SOURCES), *trainers]:
        hashed.update(f"{path.relative_to(_HERE)}\0".encode() + path.read_bytes() + b"\0")
    for name in _LIBRARIES:
        hashed.update(f"{name}={_version_of(name)}\0".encode())
    return f"{_version_of('donovan') or '0.1.0'}+{hashed.hexdigest()[:12]}"


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
