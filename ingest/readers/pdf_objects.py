"""What is drawn on a PDF page: the order of its text objects, its pictures, and which words the page does
not show.
"""

from collections.abc import Sequence
from ctypes import addressof, byref, c_float, c_ulong, create_string_buffer
from dataclasses import dataclass

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from ingest.readers.pdf_text import PdfWord, Placer

_MOST_OBJECTS = 200_000
_DEEPEST = 5
# In page points and as a share of the page: smaller pictures are bullets, rules and emblems.
_SMALLEST_SIDE = 14.0
_SMALLEST_SHARE = 0.006
_TOUCHING = 4.0
_MOST_PICTURES = 400
_MOST_COVERS = 3000
_SMALLEST_COVER = 4.0
# A letter whose tone differs by less from what is around it is drawn in the colour of its ground.
_SAME_TONE = 48
# In steps of grey (0 to 255): a word whose place is this even is not to be seen.
_EVEN = 14
_SMALLEST_PIXELS = 3

Edges = tuple[float, float, float, float]
_Grey = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@dataclass
class Drawn:
    """`orders` numbers text objects (by address) as they are drawn; pictures and `covers` (anything that can
    lie over words) are edges with their number; `layered` are the numbers of texts on a layer or in a form.
    """

    orders: dict[int, int]
    pictures: list[tuple[Edges, int]]
    covers: list[tuple[Edges, int]]
    layered: set[int]


def drawn_on(page: pypdfium2.PdfPage) -> Drawn:
    """The text objects and pictures of a page, also inside form objects."""
    drawn = Drawn({}, [], [], set())
    place = Placer(page)
    count = 0

    def take(handle: object, matrix: Sequence[float], is_layered: bool) -> None:
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            drawn.orders[addressof(handle.contents)] = count  # type: ignore[attr-defined]
            if is_layered or _is_on_layer(handle):
                drawn.layered.add(count)
            return
        edges = _bounds(handle, matrix) if len(drawn.covers) < _MOST_COVERS else None
        if edges is None:
            return
        placed = place.edges(*edges)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE and len(drawn.pictures) < _MOST_PICTURES:
            drawn.pictures.append((placed, count))
        if min(placed[2] - placed[0], placed[3] - placed[1]) >= _SMALLEST_COVER:
            drawn.covers.append((placed, count))

    def walk(container: object, is_form: bool, matrix: Sequence[float], depth: int) -> None:
        nonlocal count
        total = (
            pdfium.FPDFFormObj_CountObjects(container) if is_form else pdfium.FPDFPage_CountObjects(container)
        )
        for index in range(max(0, total)):
            if count >= _MOST_OBJECTS:
                return
            handle = (
                pdfium.FPDFFormObj_GetObject(container, index)
                if is_form
                else pdfium.FPDFPage_GetObject(container, index)
            )
            if not handle:
                continue
            count += 1
            if pdfium.FPDFPageObj_GetType(handle) == pdfium.FPDF_PAGEOBJ_FORM:
                if depth < _DEEPEST:
                    walk(handle, True, _joined(handle, matrix), depth + 1)
            else:
                take(handle, matrix, depth > 0)

    walk(page.raw, False, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), 0)
    return drawn


def _is_on_layer(handle: object) -> bool:
    """Whether the content marks an object as part of a layer, which may be switched off."""
    name = create_string_buffer(32)
    for index in range(min(8, pdfium.FPDFPageObj_CountMarks(handle))):
        mark, length = pdfium.FPDFPageObj_GetMark(handle, index), c_ulong()
        where = pdfium.cast(name, pdfium.POINTER(pdfium.FPDF_WCHAR))
        has_name = pdfium.FPDFPageObjMark_GetName(mark, where, len(name), byref(length))
        if has_name and name.raw[: length.value].decode("utf-16-le", "replace").rstrip("\x00") == "OC":
            return True
    return False


def _joined(handle: object, outer: Sequence[float]) -> tuple[float, ...]:
    """The matrix of a form object followed by that of what it stands in."""
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, byref(found)):
        return tuple(outer)
    a, b, c, d, e, f = found.a, found.b, found.c, found.d, found.e, found.f
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _bounds(handle: object, matrix: Sequence[float]) -> Edges | None:
    """Left, bottom, right and top in page points."""
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    if not pdfium.FPDFPageObj_GetBounds(handle, byref(left), byref(bottom), byref(right), byref(top)):
        return None
    p, q, r, s, t, u = matrix
    corners = [
        (x * p + y * r + t, x * q + y * s + u)
        for x in (left.value, right.value)
        for y in (bottom.value, top.value)
    ]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(down), max(across), max(down)


def picture_areas(drawn: Drawn, width: float, height: float) -> list[Edges]:
    """The parts of the page that pictures cover: touching pieces joined, small ones left out."""
    areas: list[Edges] = []
    for (left, top, right, bottom), _ in drawn.pictures:
        new = (max(0.0, left), max(0.0, top), min(width, right), min(height, bottom))
        if new[2] <= new[0] or new[3] <= new[1]:
            continue
        rest = []
        for area in areas:
            if _touch(area, new):
                new = (min(area[0], new[0]), min(area[1], new[1]), max(area[2], new[2]), max(area[3], new[3]))
            else:
                rest.append(area)
        areas = [*rest, new]
    return [
        area
        for area in areas
        if min(area[2] - area[0], area[3] - area[1]) >= _SMALLEST_SIDE
        and (area[2] - area[0]) * (area[3] - area[1]) >= _SMALLEST_SHARE * width * height
    ]


def _touch(one: Edges, other: Edges) -> bool:
    return (
        one[0] <= other[2] + _TOUCHING
        and other[0] <= one[2] + _TOUCHING
        and one[1] <= other[3] + _TOUCHING
        and other[1] <= one[3] + _TOUCHING
    )


def is_in(area: Edges, x: float, y: float) -> bool:
    """Whether a point lies in an area."""
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


@dataclass(frozen=True)
class Seen:
    """The words of a page: those that are shown, those that lie unseen over or below a picture (the text
    layer of a scan), those that are not shown, and those that the sender marked for removal.
    """

    shown: list[PdfWord]
    layer: list[PdfWord]
    hidden: list[PdfWord]
    removed: list[PdfWord]


def seen_words(
    words: Sequence[PdfWord], drawn: Drawn, view: Image.Image, place: Placer, redactions: Sequence[Edges]
) -> Seen:
    """Divide the words by comparing them with the picture of the page.

    A word at whose place the picture is even is hidden where something explains it: its colour, what is
    drawn over it, a layer. Otherwise it is the drawing of its letters that failed, and the word stays.
    """
    grey = np.asarray(view.convert("L"))
    across, down = grey.shape[1] / place.width, grey.shape[0] / place.height
    seen = Seen([], [], [], [])
    for item in words:
        word = item.word
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        if not (0 <= x <= place.width and 0 <= y <= place.height):
            seen.hidden.append(item)
            continue
        if any(is_in(area, x, y) for area in redactions):
            seen.removed.append(item)
            continue
        if any(
            is_in(area, x, y) and (item.is_inkless or item.order < order) for area, order in drawn.pictures
        ):
            seen.layer.append(item)
            continue
        box = (word.left * across, word.top * down, word.right * across, word.bottom * down)
        ground = _even_ground(grey, *box)
        if ground is not None and _is_explained(item, drawn, ground, x, y):
            seen.hidden.append(item)
        else:
            seen.shown.append(item)
    return seen


def _is_explained(item: PdfWord, drawn: Drawn, ground: int, x: float, y: float) -> bool:
    if item.is_inkless or abs(item.tone - ground) < _SAME_TONE or item.order in drawn.layered:
        return True
    return any(order > item.order and is_in(area, x, y) for area, order in drawn.covers)


def _even_ground(grey: _Grey, left: float, top: float, right: float, bottom: float) -> int | None:
    """The tone at the place of a word where it is one tone, so that nothing is to be seen; None elsewhere."""
    if right - left < _SMALLEST_PIXELS or bottom - top < _SMALLEST_PIXELS:
        return None
    # A letter like I fills its place with even ink: a little of what is around it is looked at too.
    around = 2 if min(right - left, bottom - top) < 8 else 1
    first, last = max(0, int(left) - around), int(right) + 1 + around
    upper, lower = max(0, int(top) - around), int(bottom) + 1 + around
    part = grey[upper:lower, first:last]
    if not part.size or int(part.max()) - int(part.min()) >= _EVEN:
        return None
    return int(part.mean())
