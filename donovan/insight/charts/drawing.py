"""Pictures of specifications, drawn by vl-convert in a process of its own, without a network.

    draw(specification)                           the SVG, as bytes
    draw(specification, form="png", scale=2.0)    the PNG, twice as large
    draw_all([...], form="svg")                   several at the cost of one start
    pngs_of(svgs, scale=3.0)                      the same for SVGs that we drew ourselves, such as maps
    inline_svg(specification)                     an SVG for our pages: it follows their light and dark

What was drawn before is kept below DONOVAN_DATA under the digest of everything that determines it.
"""

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from donovan.insight.charts.theme import Theme, follow_the_page, themed
from donovan.insight.subprocesses import run_subprocess

Form = Literal["svg", "png"]
# A change of how pictures are made makes all kept ones old.
_MAKING = 1
_SECONDS = 60.0
_MEGABYTES = 3000
_MOST_KEPT = 1500


def draw(
    specification: Mapping[str, Any], form: Form = "svg", scale: float = 1.0, theme: Theme = "light"
) -> bytes:
    """One picture. Raises InsightError with a sentence when it cannot be drawn."""
    return draw_all([specification], form, scale, theme)[0]


def draw_all(
    specifications: Sequence[Mapping[str, Any]],
    form: Form = "svg",
    scale: float = 1.0,
    theme: Theme = "light",
) -> list[bytes]:
    """The pictures in order; only those that are not kept from before are drawn."""
    wanted = [themed(specification, theme) for specification in specifications]
    paths = [_path(specification, form, scale) for specification in wanted]
    found = [_kept(path) for path in paths]
    missing = [number for number, picture in enumerate(found) if picture is None]
    if missing:
        asked = {"specifications": [wanted[number] for number in missing], "form": form, "scale": scale}
        answer = run_subprocess(
            "donovan.insight.charts.picture", asked, seconds=_SECONDS, megabytes=_MEGABYTES
        )
        for number, drawn in zip(missing, answer["pictures"], strict=True):
            found[number] = base64.b64decode(drawn)
            _keep(paths[number], found[number] or b"")
    return [picture or b"" for picture in found]


def pngs_of(svgs: Sequence[str], scale: float = 1.0) -> list[bytes]:
    """SVGs of our own drawing as PNGs, at the cost of one start. Raises InsightError with a sentence."""
    if not svgs:
        return []
    asked = {"svgs": list(svgs), "scale": scale}
    answer = run_subprocess("donovan.insight.charts.picture", asked, seconds=_SECONDS, megabytes=_MEGABYTES)
    return [base64.b64decode(picture) for picture in answer["pictures"]]


def inline_svg(specification: Mapping[str, Any]) -> SafeString:
    """An SVG element whose colours are those of the page that it stands in.

    The picture is our own drawing: text of documents comes into it only through the drawing library, which
    escapes it.
    """
    return inline_svgs([specification])[0]


def inline_svgs(specifications: Sequence[Mapping[str, Any]]) -> list[SafeString]:
    """Several of them at the cost of one start."""
    return [
        mark_safe(follow_the_page(picture.decode()))  # noqa: S308
        for picture in draw_all(specifications)
    ]


def _path(specification: Mapping[str, Any], form: Form, scale: float) -> Path:
    said = json.dumps([_MAKING, specification, form, scale], sort_keys=True, default=str)
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    return Path(settings.DATA_DIR) / "charts" / digest[:2] / f"{digest}.{form}"


def _kept(path: Path) -> bytes | None:
    try:
        return path.read_bytes() or None
    except OSError:
        return None


def _keep(path: Path, picture: bytes) -> None:
    """Keep a picture whole or not at all; a full disk costs only the time to draw it again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, staged = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(picture)
        Path(staged).replace(path)
        _forget_old(path.parent)
    except OSError:
        return


def _forget_old(folder: Path) -> None:
    kept = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for path in kept[: -max(_MOST_KEPT // 256, 4)]:
        path.unlink(missing_ok=True)
