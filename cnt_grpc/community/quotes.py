"""Quote images: the words of a post on one of the shipped backgrounds, as JPEG files; no I/O but reading those.

The backgrounds are drawn by tools/draw_quote_templates.py.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from cnt_grpc.kit import lettering
from cnt_grpc.kit.lettering import Align, Layout, Style, VerticalAlign

TEMPLATES: Final = Path(__file__).parent / "templates"
VARIANTS: Final = 2
"""Backgrounds of each category; a post keeps its own."""

UPRIGHT: Final = ((1080, 1350), (1080, 1920), (1080, 2700), (1080, 4860))
"""Pixels. What is too long for one at the smallest letters gets the next; the last holds 5,000 Latin letters."""
LYING: Final = (1200, 630)
SMALLEST: Final = 34
"""Pixels of an em: its capitals are 24 pixels high, the least that can be read with ease on a phone."""
_MARGIN: Final = 90
_TITLE: Final = 0.25
"""Of the height, for a title; at most _HIGHEST_TITLE pixels."""
_HIGHEST_TITLE: Final = 292
_CENTERED: Final = 280
"""Longer texts begin at the side: ragged on both sides, they are hard to read."""
_QUALITY: Final = 88


@dataclass(frozen=True, slots=True)
class Words:
    """What is drawn of a post."""

    post_id: int
    title: str
    content: str
    category: str

    @property
    def digest(self) -> bytes:
        """The same for the same words."""
        parts = (self.title, self.content, self.category)
        return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Quote:
    """The two pictures of a post."""

    upright: bytes
    """JPEG, as are both."""
    lying: bytes
    """For the carousel."""
    set_upright: tuple[Layout, ...]
    """How its words were set: the title, where it has one, and the text."""
    set_lying: tuple[Layout, ...]


def template(category: str, variant: int, shape: str) -> Path:
    """The file of a background; `shape` is upright or lying."""
    return TEMPLATES / f"{category}_{variant + 1}_{shape}.jpg"


def draw(words: Words) -> Quote:
    """Draw both pictures. Raises lettering.Undrawable for words that no font of ours shows.

    It takes a tenth of a second for most posts.
    """
    upright, set_upright = _upright(words)
    lying, set_lying = _fill(words, "lying", LYING, excerpt=True)
    return Quote(_jpeg(upright), _jpeg(lying), set_upright, set_lying)


def _upright(words: Words) -> tuple[Image.Image, tuple[Layout, ...]]:
    for size in UPRIGHT[:-1]:
        try:
            return _fill(words, "upright", size, excerpt=False)
        except lettering.TooLong:
            continue
    return _fill(words, "upright", UPRIGHT[-1], excerpt=True)


def _fill(words: Words, shape: str, size: tuple[int, int], *, excerpt: bool) -> tuple[Image.Image, tuple[Layout, ...]]:
    """Words on their background, and how they were set."""
    width, height = size
    inner = (width - 2 * _MARGIN, height - 2 * _MARGIN)
    top = _MARGIN
    content_height = inner[1]
    pictures: list[tuple[lettering.Picture, int]] = []
    if words.title.strip() and words.content.strip():
        title_height = min(round(inner[1] * _TITLE), _HIGHEST_TITLE)
        largest = 64 if shape == "upright" else 48
        style = Style(size=largest, smallest=SMALLEST, weight=700, vertical=VerticalAlign.TOP, excerpt=True)
        pictures.append((lettering.draw(words.title, style, inner[0], title_height), top))
        top += title_height + _MARGIN // 3
        content_height -= title_height + _MARGIN // 3
    text = words.content if words.content.strip() else words.title
    style = Style(
        size=96 if shape == "upright" else 80,
        smallest=SMALLEST,
        weight=500,
        align=Align.CENTER if len(text) <= _CENTERED else Align.START,
        excerpt=excerpt,
    )
    pictures.append((lettering.draw(text, style, inner[0], content_height), top))
    canvas = _background(words, shape, size)
    for picture, y in pictures:
        canvas.paste(picture.image, (_MARGIN, y), mask=picture.image)
    return canvas, tuple(picture.layout for picture, _ in pictures)


def _background(words: Words, shape: str, size: tuple[int, int]) -> Image.Image:
    with Image.open(template(words.category, words.post_id % VARIANTS, shape)) as picture:
        return picture.convert("RGB").resize(size, Image.Resampling.BICUBIC)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()
