"""From a layout to pixels: plate, shadow, outline, letters, and pictures (emoji) in their own colours."""

import math
from dataclasses import dataclass
from typing import Any, Final

import uharfbuzz as hb
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from cnt_grpc.kit.lettering.layout import lay_out
from cnt_grpc.kit.lettering.lines import Layout, Placed
from cnt_grpc.kit.lettering.style import Colour, Style

_STEPS: Final = 24
"""Directions into which letters are pushed for their outline; enough to be round at any width that captions have."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An RGBA picture of exactly the box, transparent where nothing is drawn, and what was laid out."""

    image: Image.Image
    layout: Layout


def draw(text: str, style: Style, width: int, height: int) -> Picture:
    """Draw a text into a box of so many pixels. Raises Undrawable and TooLong."""
    layout = lay_out(text, style, width, height)
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    if layout.ink is None:
        return Picture(image, layout)
    letters = _letters(layout)
    pictures = _pictures(layout)
    covered = ImageChops.lighter(letters, pictures.getchannel("A"))

    if style.background:
        plate, pad = style.background, style.background.padding
        block = layout.block
        edges = (
            max(block.left - pad, 0),
            max(block.top - pad, 0),
            min(block.right + pad, width) - 1,
            min(block.bottom + pad, height) - 1,
        )
        ImageDraw.Draw(image).rounded_rectangle(edges, plate.radius, fill=plate.colour)
    rim = _grown(covered, style.outline.width) if style.outline else covered
    if style.shadow:
        moved = ImageChops.offset(rim, style.shadow.right, style.shadow.down)
        _lay(image, moved.filter(ImageFilter.GaussianBlur(style.shadow.blur)), style.shadow.colour)
    if style.outline:
        _lay(image, rim, style.outline.colour)
    _lay(image, letters, style.colour)
    image.alpha_composite(pictures)
    return Picture(image, layout)


def _lay(image: Image.Image, mask: Image.Image, colour: Colour) -> None:
    red, green, blue, alpha = colour
    layer = Image.new("RGBA", image.size, (red, green, blue, 0))
    layer.putalpha(mask if alpha == 255 else mask.point([value * alpha // 255 for value in range(256)]))  # noqa: PLR2004
    image.alpha_composite(layer)


def _letters(layout: Layout) -> Image.Image:
    """How much of each pixel the letters cover."""
    drawing: Any = hb.RasterDraw()
    drawing.extents = hb.RasterExtents(0, 0, layout.width, layout.height, 0)
    for placed in _glyphs(layout):
        if not placed.glyph.font.colour:
            scale = layout.size / placed.glyph.font.em
            # HarfBuzz counts rows from below.
            drawing.transform = (scale, 0, 0, scale, placed.x, layout.height - placed.y)
            drawing.draw_glyph(placed.glyph.font.hb, placed.glyph.number)
    drawn: Any = drawing.render()
    if drawn is None:
        return Image.new("L", (layout.width, layout.height), 0)
    size = (layout.width, layout.height)
    return Image.frombuffer("L", size, drawn.buffer, "raw", "L", drawn.extents.stride, -1).copy()


def _pictures(layout: Layout) -> Image.Image:
    """Emoji in their own colours, on nothing."""
    image = Image.new("RGBA", (layout.width, layout.height), (0, 0, 0, 0))
    for placed in _glyphs(layout):
        font = placed.glyph.font
        extents = font.hb.get_glyph_extents(placed.glyph.number) if font.colour else None
        if not extents or not extents.width:
            continue
        scale = layout.size / font.em
        x, y = math.floor(placed.x), math.floor(placed.y)
        left = math.floor(extents.x_bearing * scale) - 1
        bottom = math.floor((extents.y_bearing + extents.height) * scale) - 1
        wide = math.ceil(extents.width * scale) + 3
        tall = math.ceil(-extents.height * scale) + 3
        painting: Any = hb.RasterPaint()
        painting.transform = (scale, 0, 0, scale, placed.x - x, y - placed.y)
        painting.extents = hb.RasterExtents(left, bottom, wide, tall, 0)
        painting.paint_glyph(font.hb, placed.glyph.number)
        painted: Any = painting.render()
        if painted is not None:
            stride = painted.extents.stride
            glyph = Image.frombuffer("RGBa", (wide, tall), painted.buffer, "raw", "BGRa", stride, -1).convert("RGBA")
            _put(image, glyph, x + left, y - bottom - tall)
    return image


def _put(image: Image.Image, glyph: Image.Image, x: int, y: int) -> None:
    """Lay a glyph's picture over the image; its empty border may stand outside."""
    inside = (max(-x, 0), max(-y, 0), min(glyph.width, image.width - x), min(glyph.height, image.height - y))
    if inside[0] < inside[2] and inside[1] < inside[3]:
        image.alpha_composite(glyph.crop(inside), (max(x, 0), max(y, 0)))


def _grown(mask: Image.Image, by: int) -> Image.Image:
    """The mask, larger by so many pixels in every direction."""
    grown = mask
    for step in range(_STEPS):
        angle = math.tau * step / _STEPS
        moved = ImageChops.offset(mask, round(by * math.cos(angle)), round(by * math.sin(angle)))
        grown = ImageChops.lighter(grown, moved)
    return grown


def _glyphs(layout: Layout) -> list[Placed]:
    return [placed for line in layout.lines for placed in line.glyphs]
