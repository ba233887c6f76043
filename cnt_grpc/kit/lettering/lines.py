"""What was laid out: glyphs at their places, line by line, and the rectangles that they cover."""

import math
from dataclasses import dataclass

from cnt_grpc.kit.lettering.shaping import Glyph
from cnt_grpc.kit.lettering.style import Rectangle


@dataclass(frozen=True, slots=True)
class Placed:
    """A glyph and the pixel at which its origin stands; fractions count, y grows downwards."""

    glyph: Glyph
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it says, where it begins and ends in pixels, and the line that its letters stand on."""

    text: str
    left: float
    right: float
    baseline: float
    from_right: bool
    glyphs: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What was laid out. Pixels are counted from the box's upper left corner."""

    width: int
    height: int
    size: int
    """Pixels of an em."""
    lines: tuple[Line, ...]
    block: Rectangle
    """Where the lines stand, with the room that their fonts ask for above and below."""
    ink: Rectangle | None
    """The smallest rectangle around all that letters cover; None when there is nothing to see."""
    complete: bool
    """Whether all of the text is shown; False when it was shortened."""
    cut: bool
    """Whether a word was cut because it is wider than the box."""


def ink_of(lines: list[Line], size: int) -> Rectangle | None:
    """The smallest rectangle around all that the letters of these lines cover."""
    edges: list[tuple[float, float, float, float]] = []
    for line in lines:
        for placed in line.glyphs:
            font = placed.glyph.font
            extents = font.hb.get_glyph_extents(placed.glyph.number)
            if extents and extents.width and extents.height:
                scale = size / font.em
                left = placed.x + extents.x_bearing * scale
                top = placed.y - extents.y_bearing * scale
                edges.append((left, top, left + extents.width * scale, top - extents.height * scale))
    if not edges:
        return None
    return Rectangle(
        math.floor(min(e[0] for e in edges)),
        math.floor(min(e[1] for e in edges)),
        math.ceil(max(e[2] for e in edges)),
        math.ceil(max(e[3] for e in edges)),
    )


def into(ink: Rectangle, left: int, top: int, right: int, bottom: int) -> tuple[int | None, int | None]:
    """By how much ink has to move to be inside; None where it is larger than the room."""

    def shift(low: int, high: int, least: int, most: int) -> int | None:
        if high - low > most - least:
            return None
        return max(least - low, 0) + min(most - high, 0)

    return shift(ink.left, ink.right, left, right), shift(ink.top, ink.bottom, top, bottom)


def moved(line: Line, right: int, down: int) -> Line:
    """The line, so many pixels further."""
    glyphs = tuple(Placed(p.glyph, p.x + right, p.y + down) for p in line.glyphs)
    return Line(line.text, line.left + right, line.right + right, line.baseline + down, line.from_right, glyphs)


def block_of(lines: list[Line], ink: Rectangle | None, top: float, bottom: float) -> Rectangle:
    """Where the lines stand, from the top of the first to the bottom of the last."""
    if ink is None:
        return Rectangle(0, 0, 0, 0)
    return Rectangle(
        min(ink.left, math.floor(min(line.left for line in lines))),
        min(ink.top, math.floor(top)),
        max(ink.right, math.ceil(max(line.right for line in lines))),
        max(ink.bottom, math.ceil(bottom)),
    )
