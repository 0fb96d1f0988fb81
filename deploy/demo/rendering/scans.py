"""Scans: a printed page, photographed and aged.

Every page starts as the digital PDF of the same text (pdf.py), is drawn at the scanner's resolution with
pypdfium2, and
then goes through the steps of one ageing, in the order paper goes through them: stamp, stain, copier,
scanner. The text
layer of the PDF is the truth of the page. All arrays are float32, grey (height, width) or colour (height,
width, 3),
0 black to 255 white.
"""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from rendering.markup import TextError
from rendering.pdf import font_file

Pixels = NDArray[np.float32]
Step = Callable[[Pixels, np.random.Generator], Pixels]


@dataclass(frozen=True)
class Ageing:
    """What a page went through: resolution in dots an inch, the steps, and how well the JPEG keeps it."""

    dots_per_inch: int
    steps: tuple[Step, ...]
    jpeg_quality: int = 82


def page_truths(pdf: bytes) -> list[str]:
    """The text of each page of a digital PDF, lines as printed."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            page.get_textpage().get_text_range().replace("\r\n", "\n").strip() + "\n" for page in document
        ]
    finally:
        document.close()


def draw_pages(pdf: bytes, dots_per_inch: int) -> list[Pixels]:
    """Each page as colour pixels, (height, width, 3)."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        images = [page.render(scale=dots_per_inch / 72).to_pil().convert("RGB") for page in document]
        return [np.asarray(image, dtype=np.float32) for image in images]
    finally:
        document.close()


def scan_pages(pdf: bytes, ageing_name: str, *, seed: str, stamp: str = "") -> list[Image.Image]:
    """The pages of a digital PDF as a scanner would give them, aged by name; the same seed gives the same
    pixels.

    Raises TextError for an ageing that does not exist.
    """
    ageing = AGEINGS.get(ageing_name)
    if ageing is None:
        raise TextError(f"There is no ageing {ageing_name!r}. Choose one of {', '.join(AGEINGS)}.")
    images: list[Image.Image] = []
    for number, page in enumerate(draw_pages(pdf, ageing.dots_per_inch)):
        random = np.random.default_rng(zlib.crc32(f"{seed}/{number}".encode()))
        is_stamped = bool(stamp) and number == 0
        pixels = _stamped(page, stamp, random, ageing.dots_per_inch) if is_stamped else page
        for step in ageing.steps:
            pixels = step(pixels, random)
        images.append(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))
    return images


def as_jpeg(image: Image.Image, ageing_name: str) -> bytes:
    """The picture as JPEG, in the quality of its ageing."""
    ageing = AGEINGS[ageing_name]
    output = io.BytesIO()
    image.save(output, "JPEG", quality=ageing.jpeg_quality, dpi=(ageing.dots_per_inch, ageing.dots_per_inch))
    return output.getvalue()


def as_png(image: Image.Image, dots_per_inch: int) -> bytes:
    """The picture as PNG; a grey one in sixteen levels, as scanners write it to keep the file small."""
    output = io.BytesIO()
    kept = image.point(lambda value: value // 16 * 17) if image.mode == "L" else image
    if kept.mode == "L":
        kept = kept.quantize(16, dither=Image.Dither.NONE)
    kept.save(output, "PNG", dpi=(dots_per_inch, dots_per_inch))
    return output.getvalue()


def as_fax_tiff(images: list[Image.Image]) -> bytes:
    """Pages as one black-and-white TIFF with fax compression, as a fax server files them."""
    output = io.BytesIO()
    bilevel = [
        image.convert("L").point(lambda value: 255 if value > 150 else 0).convert("1") for image in images
    ]
    bilevel[0].save(
        output, "TIFF", save_all=True, append_images=bilevel[1:], compression="group4", dpi=(200, 200)
    )
    return output.getvalue()


def grey(pixels: Pixels, _random: np.random.Generator) -> Pixels:
    """Colour to grey: (height, width, 3) to (height, width)."""
    return (pixels @ np.array([0.299, 0.587, 0.114], dtype=np.float32)).astype(np.float32)


def noise(strength: float) -> Step:
    """Grain of the sensor: `strength` is the standard deviation in grey levels."""

    def step(pixels: Pixels, random: np.random.Generator) -> Pixels:
        grain = random.standard_normal(pixels.shape[:2], dtype=np.float32) * strength
        return pixels + (grain if pixels.ndim == 2 else grain[:, :, None])

    return step


def specks(share: float) -> Step:
    """Dirt on the glass: a `share` of small places turned dark, each two by two pixels."""

    def step(pixels: Pixels, random: np.random.Generator) -> Pixels:
        height, width = pixels.shape[:2]
        small = random.random((height // 2 + 1, width // 2 + 1)) < share
        mask = np.repeat(np.repeat(small, 2, axis=0), 2, axis=1)[:height, :width]
        pixels = pixels.copy()
        pixels[mask] *= 0.25
        return pixels

    return step


def blur(radius: float) -> Step:
    """A lens out of focus; `radius` in pixels."""

    def step(pixels: Pixels, _random: np.random.Generator) -> Pixels:
        return _through_image(pixels, lambda image: image.filter(ImageFilter.GaussianBlur(radius)))

    return step


def skew(degrees: float) -> Step:
    """Paper laid askew, to either side by chance; the corners show the scanner's lid."""

    def step(pixels: Pixels, random: np.random.Generator) -> Pixels:
        angle = degrees * float(random.choice([-1, 1])) * float(random.uniform(0.8, 1.0))
        lid = 236 if pixels.ndim == 2 else (236, 236, 232)
        return _through_image(
            pixels, lambda image: image.rotate(angle, Image.Resampling.BILINEAR, fillcolor=lid)
        )

    return step


def fade(darkest: float, lightest: float) -> Step:
    """Low contrast: black becomes `darkest`, white becomes `lightest`."""

    def step(pixels: Pixels, _random: np.random.Generator) -> Pixels:
        return (darkest + pixels * ((lightest - darkest) / 255)).astype(np.float32)

    return step


def copier_lines(count: int) -> Step:
    """The streaks a scratched copier drum leaves from top to bottom, and its dark right edge."""

    def step(pixels: Pixels, random: np.random.Generator) -> Pixels:
        pixels = pixels.copy()
        height, width = pixels.shape[:2]
        for _ in range(count):
            column = int(random.uniform(0.06, 0.94) * width)
            thickness = int(random.integers(1, 3))
            strength = np.float32(random.uniform(0.45, 0.8))
            waver = random.random((height, 1)).astype(np.float32) * 0.25
            streak = pixels[:, column : column + thickness]
            factor = strength + waver
            pixels[:, column : column + thickness] = streak * (
                factor if pixels.ndim == 2 else factor[:, :, None]
            )
        edge = np.linspace(0, 1, int(width * 0.03), dtype=np.float32) ** 2
        shade = 1 - 0.65 * edge
        pixels[:, width - shade.size :] *= shade if pixels.ndim == 2 else shade[:, None]
        return pixels

    return step


def uneven_light(strength: float) -> Step:
    """Light that falls from one side: up to `strength` (0 to 1) darker in the far corner."""

    def step(pixels: Pixels, _random: np.random.Generator) -> Pixels:
        height, width = pixels.shape[:2]
        down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
        across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
        shade = 1 - strength * (0.55 * down + 0.45 * across**2)
        return (pixels * (shade if pixels.ndim == 2 else shade[:, :, None])).astype(np.float32)

    return step


def worn_print(threshold: float) -> Step:
    """A ribbon or toner at its end: patches where the ink is thin. `threshold` is the share of ink lost
    there."""

    def step(pixels: Pixels, random: np.random.Generator) -> Pixels:
        height, width = pixels.shape[:2]
        coarse = random.random((height // 90 + 2, width // 90 + 2)).astype(np.float32) * 255
        patches = Image.fromarray(coarse.astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
        weakness = np.clip((np.asarray(patches, dtype=np.float32) / 255 - 0.55) * 2.2, 0, 1) * threshold
        if pixels.ndim == 3:
            weakness = weakness[:, :, None]
        return (pixels + (255 - pixels) * weakness).astype(np.float32)

    return step


def coffee_stain(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """A cup stood on the page: a brown ring, darker at its rim, with a drop beside it."""
    height, width = pixels.shape[:2]
    centre = (float(random.uniform(0.55, 0.78)) * width, float(random.uniform(0.3, 0.7)) * height)
    radius = width * 0.13
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    wobble = 1 + 0.02 * np.sin(np.arctan2(rows - centre[1], columns - centre[0]) * 5 + 1.3)
    distance = np.hypot(columns - centre[0], rows - centre[1]) / (radius * wobble)
    ring = np.exp(-(((distance - 1) / 0.035) ** 2)) * 0.55 + np.where(distance < 1, 0.13, 0)
    drop = np.hypot(columns - centre[0] - radius * 1.35, rows - centre[1] + radius * 0.5) / (radius * 0.12)
    amount = np.clip(ring + np.where(drop < 1, 0.35 * (0.5 + 0.5 * drop), 0), 0, 0.75)[:, :, None]
    brown = np.array([122, 82, 40], dtype=np.float32)
    stained: Pixels = (pixels * (1 - amount) + np.minimum(pixels, brown + 30) * amount).astype(np.float32)
    return stained


def on_a_wall(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """A notice photographed where it hangs: four pins, a painted wall behind, seen from below and from the
    side."""
    page = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    width, height = page.size
    draw = ImageDraw.Draw(page)
    for x, y in ((0.03, 0.02), (0.97, 0.02), (0.03, 0.98), (0.97, 0.98)):
        radius = width * 0.008
        box = (x * width - radius, y * height - radius, x * width + radius, y * height + radius)
        draw.ellipse(box, fill=(150, 40, 40), outline=(90, 20, 20))
    wall_width, wall_height = int(width * 1.2), int(height * 1.14)
    corners = ((0.09, 0.065), (0.93, 0.05), (0.945, 0.955), (0.065, 0.935))
    target = [(x * wall_width, y * wall_height) for x, y in corners]
    source = [(0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))]
    coefficients = _perspective(target, source)
    size = (wall_width, wall_height)
    shown = page.transform(size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    mask = Image.new("L", page.size, 255).transform(size, Image.Transform.PERSPECTIVE, coefficients)
    plaster = np.array([146, 152, 140], dtype=np.float32) + random.normal(0, 7, (wall_height, wall_width, 1))
    wall = Image.fromarray(np.clip(plaster, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.5))
    shadow = mask.filter(ImageFilter.GaussianBlur(14)).point(lambda value: value * 2 // 5)
    wall.paste((40, 42, 38), (8, 12), shadow)
    wall.paste(shown, (0, 0), mask)
    return np.asarray(wall, dtype=np.float32)


def in_a_window(pixels: Pixels, _random: np.random.Generator) -> Pixels:
    """What a key press keeps of a screen: the page in the window of a browser, on a dark desktop."""
    height, width = pixels.shape[:2]
    desktop = Image.new("RGB", (width + 80, height + 130), (38, 62, 84))
    draw = ImageDraw.Draw(desktop)
    draw.rounded_rectangle((34, 28, width + 46, height + 96), 10, fill=(214, 218, 222))
    for number, colour in enumerate(((222, 92, 84), (228, 182, 72), (96, 176, 92))):
        draw.ellipse((50 + 26 * number, 40, 64 + 26 * number, 54), fill=colour)
    draw.rounded_rectangle((150, 36, width - 20, 60), 8, fill=(248, 249, 250))
    desktop.paste(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), (40, 70))
    return np.asarray(desktop, dtype=np.float32)


def _stamped(pixels: Pixels, words: str, random: np.random.Generator, dots_per_inch: int) -> Pixels:
    """An office stamp across the upper right, lines apart by `|`, in ink that did not take everywhere."""
    lines = [line.strip() for line in words.split("|")]
    size = int(dots_per_inch * 0.17)
    font = ImageFont.truetype(str(font_file("sans", bold=True)), size)
    width = int(max(font.getlength(line) for line in lines) + size * 1.6)
    height = int(size * 1.35 * len(lines) + size * 1.1)
    ink = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(ink)
    draw.rounded_rectangle((3, 3, width - 4, height - 4), size // 2, outline=255, width=max(2, size // 9))
    for number, line in enumerate(lines):
        draw.text((width / 2, size * (0.55 + 1.35 * number)), line, font=font, fill=255, anchor="ma")
    turned = ink.rotate(float(random.uniform(4, 9)), Image.Resampling.BICUBIC, expand=True)
    patchy = np.asarray(turned, dtype=np.float32) / 255 * random.uniform(0.35, 1.0, turned.size[::-1])
    left, top = _emptiest_place(pixels, turned.size)
    place = (slice(top, top + turned.size[1]), slice(left, left + turned.size[0]))
    amount = (patchy * 0.75)[:, :, None]
    pixels = pixels.copy()
    colour = np.array([38, 52, 140], dtype=np.float32)
    pixels[place] = pixels[place] * (1 - amount) + np.minimum(pixels[place], colour) * amount
    return pixels


def _emptiest_place(pixels: Pixels, size: tuple[int, int]) -> tuple[int, int]:
    """Where a clerk would stamp: the place in the right half with the least print, as (left, top) in
    pixels."""
    height, width = pixels.shape[:2]
    print_above = np.zeros((height + 1, width + 1), dtype=np.float64)
    print_above[1:, 1:] = np.cumsum(np.cumsum(255 - pixels[:, :, 1], axis=0, dtype=np.float64), axis=1)
    best = (np.inf, 0, 0)
    for left in range(width // 2, int(width * 0.95) - size[0], 20):
        for top in range(int(height * 0.06), int(height * 0.94) - size[1], 20):
            bottom, right = top + size[1], left + size[0]
            ink = (
                print_above[bottom, right]
                - print_above[top, right]
                - print_above[bottom, left]
                + print_above[top, left]
            )
            best = min(best, (float(ink), left, top))
    return best[1], best[2]


def _perspective(target: list[tuple[float, float]], source: list[tuple[float, float]]) -> list[float]:
    """The eight coefficients with which Pillow takes each point of `target` from its point of `source`."""
    rows: list[list[float]] = []
    values: list[float] = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        values.extend([u, v])
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(values))]


def _through_image(pixels: Pixels, change: Callable[[Image.Image], Image.Image]) -> Pixels:
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return np.asarray(change(image), dtype=np.float32)


AGEINGS: dict[str, Ageing] = {
    "clean": Ageing(200, (grey, skew(0.25), blur(0.4), noise(3))),
    "photocopy": Ageing(
        200, (grey, worn_print(0.45), skew(0.9), copier_lines(5), fade(52, 236), blur(0.8), noise(11))
    ),
    "stained": Ageing(200, (coffee_stain, skew(1.2), blur(0.9), fade(40, 238), noise(9)), 70),
    "dim": Ageing(
        200, (grey, worn_print(0.4), skew(1.2), blur(0.9), uneven_light(0.16), fade(70, 226), noise(6)), 72
    ),
    "thumbed": Ageing(180, (grey, skew(0.9), blur(0.8), specks(0.0005), fade(50, 230), noise(8)), 68),
    "fax": Ageing(200, (grey, skew(0.6), blur(0.6), copier_lines(2), noise(14), specks(0.0004))),
    "photo": Ageing(190, (on_a_wall, blur(0.9), uneven_light(0.5), noise(6)), 78),
    "screen": Ageing(110, (in_a_window,), 90),
}
