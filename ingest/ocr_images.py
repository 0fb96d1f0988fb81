"""Pictures made ready for Tesseract: upright, flat, large enough, straight."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from ingest import limits
from ingest.errors import failure

# A page this narrow was scanned below about 150 dpi; its letters are too small for the recogniser as they
# are.
SMALL_WIDTH = 1000
DIRECT_FORMATS = frozenset({"PNG", "JPEG", "TIFF", "PPM", "BMP", "WEBP"})
_DIRECT_MODES = frozenset({"1", "L", "RGB", "P", "RGBA", "LA"})
_EXIF_ORIENTATION = 0x0112
_WIDEST_SKEW = 15.0
_SKEW_WIDTH = 700
_FEW_LINES_PIXELS = 3_000_000
_PAPER_STEP = 16
_SHADE_SIDE, _SHADE_TILES, _SHADE_SHARE = 240, 8, 0.75


def readable_copy(path: Path, folder: Path) -> Path:
    """`path` itself when Tesseract can open it as it is, else an upright, flat copy of it in `folder`.

    Raises IngestError "damaged" or "too-many-pixels".
    """
    try:
        with Image.open(path) as image:
            if image.width * image.height > limits.PIXELS:
                count = image.width * image.height // 1_000_000
                raise failure("too-many-pixels", count=count, limit=limits.PIXELS // 1_000_000)
            lies_turned = image.getexif().get(_EXIF_ORIENTATION, 1) != 1
            is_plain = image.format in DIRECT_FORMATS and image.mode in _DIRECT_MODES
            if is_plain and not lies_turned:
                return path
            flat = flatten(ImageOps.exif_transpose(image))
            copy = folder / "upright.png"
            flat.save(copy, compress_level=1)
            return copy
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise failure("damaged", kind="an image") from error


def enlarged_copy(path: Path, folder: Path) -> Path | None:
    """A narrow picture made wide enough for the recogniser; None for one that is wide enough as it is."""
    with Image.open(path) as image:
        if image.width >= SMALL_WIDTH:
            return None
        factor = min(3.0, 2 * SMALL_WIDTH / max(1, image.width))
        size = (max(1, int(image.width * factor)), max(1, int(image.height * factor)))
        copy = folder / "enlarged.png"
        flatten(image).resize(size, Image.Resampling.LANCZOS).save(copy, compress_level=1)
        return copy


def is_small(path: Path) -> bool:
    """Whether the picture shows a line or a few, not a page."""
    with Image.open(path) as image:
        return image.width * image.height < _FEW_LINES_PIXELS


def flatten(image: Image.Image) -> Image.Image:
    """The image in grey or colour on white, without transparency, palette, CMYK or 16-bit values."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("RGB")
    if image.mode in {"L", "RGB"}:
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith("I") or image.mode == "F":
        return ImageOps.autocontrast(Image.fromarray(_to_bytes(np.asarray(image, dtype=np.float32))))
    return image.convert("RGB")


def _to_bytes(
    values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]",
) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """Grey values of any range as 0 to 255; shape (height, width)."""
    low, high = float(values.min()), float(values.max())
    return ((values - low) * (255.0 / max(1e-6, high - low))).astype(np.uint8)


def turned_copy(path: Path, folder: Path, degrees: float) -> Path:
    """A copy of the picture turned clockwise by `degrees`, on white."""
    with Image.open(path) as image:
        return _saved(turn(flatten(image), degrees), folder / f"turned{degrees:.2f}.png")


def turn(image: Image.Image, degrees: float) -> Image.Image:
    """The image turned clockwise by `degrees`, on white, as Tesseract saw it."""
    if degrees % 90 == 0:
        return image.rotate(-degrees, expand=True)
    white = 255 if image.mode == "L" else (255, 255, 255)
    return image.rotate(-degrees, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=white)


def is_shaded(path: Path) -> bool:
    """Whether the paper of a page is far darker in one place than in another: a shadow, a fold, a photograph
    of a page.
    """
    with Image.open(path) as image:
        grey = (
            flatten(image)
            .convert("L")
            .resize((_SHADE_SIDE, _SHADE_SIDE), Image.Resampling.BOX, reducing_gap=2.0)
        )
    tiles = np.asarray(grey).reshape(_SHADE_TILES, -1, _SHADE_TILES, _SHADE_SIDE // _SHADE_TILES)
    # The lightest points of a tile are paper, however much is printed on it.
    paper = np.percentile(tiles.transpose(0, 2, 1, 3).reshape(_SHADE_TILES**2, -1), 90, axis=1)
    return bool(np.percentile(paper, 15) < _SHADE_SHARE * np.percentile(paper, 95))


def evened_copy(path: Path, folder: Path) -> Path:
    """A copy whose paper is equally light everywhere: each point as a share of the lightness of the paper
    around it.
    """
    with Image.open(path) as image:
        grey = flatten(image).convert("L")
    size = (max(1, grey.width // _PAPER_STEP), max(1, grey.height // _PAPER_STEP))
    # Around each place the lightest point is paper; wider than a letter and narrower than a shadow.
    small = grey.resize(size, Image.Resampling.BOX).filter(ImageFilter.MaxFilter(7))
    paper = small.filter(ImageFilter.GaussianBlur(4)).resize(grey.size, Image.Resampling.BICUBIC)
    values = np.asarray(grey, dtype=np.float32) * (250.0 / np.maximum(np.asarray(paper, np.float32), 16.0))
    return _saved(Image.fromarray(np.minimum(values, 255.0).astype(np.uint8)), folder / "evened.png")


def small_copy(path: Path, folder: Path, most_pixels: int = 2_000_000) -> Path:
    """The picture with at most that many pixels: enough to tell script and orientation."""
    with Image.open(path) as image:
        if image.width * image.height <= most_pixels:
            return path
        factor = (most_pixels / (image.width * image.height)) ** 0.5
        small = (
            flatten(image)
            .convert("L")
            .resize(
                (int(image.width * factor), int(image.height * factor)),
                Image.Resampling.BILINEAR,
                reducing_gap=2.0,
            )
        )
        return _saved(small, folder / "small.png")


def _saved(image: Image.Image, path: Path) -> Path:
    image.save(path, compress_level=1)
    return path


def skew_of(path: Path) -> float:
    """Degrees to turn clockwise so that the lines lie level; 0.0 when they do or it cannot be told.

    The right angle makes the sums of ink along the rows differ most (projection profile).
    """
    with Image.open(path) as image:
        grey = flatten(image).convert("L")
        height = max(1, round(grey.height * _SKEW_WIDTH / grey.width))
        small = ImageOps.invert(grey.resize((_SKEW_WIDTH, min(height, 1400)), Image.Resampling.BILINEAR))

    def contrast(degrees: float) -> float:
        rows = np.asarray(small.rotate(-degrees, resample=Image.Resampling.BILINEAR), dtype=np.float32).sum(
            axis=1
        )
        return float(np.square(np.diff(rows)).sum())

    coarse = max(np.arange(-_WIDEST_SKEW, _WIDEST_SKEW + 0.5, 1.0), key=contrast)
    fine = float(max(np.arange(coarse - 0.75, coarse + 1.0, 0.25), key=contrast))
    if abs(fine) < 0.75 or abs(coarse) >= _WIDEST_SKEW or contrast(fine) < contrast(0.0) * 1.3:
        return 0.0
    return fine
