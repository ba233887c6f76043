"""How text looks: sizes in pixels, colours as red, green, blue and alpha of 0 to 255."""

from dataclasses import dataclass
from enum import StrEnum

Colour = tuple[int, int, int, int]

WHITE: Colour = (255, 255, 255, 255)
BLACK: Colour = (0, 0, 0, 255)


class Align(StrEnum):
    """Where lines stand in the box. START is left for what is read from the left, and right for Arabic and Hebrew."""

    START = "start"
    END = "end"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class VerticalAlign(StrEnum):
    """Where the whole of the lines stands in the box."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Outline:
    """A rim around each letter, outside of it."""

    width: int
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class Shadow:
    """What lies behind letters and their outline. Blur is a radius in pixels."""

    right: int = 0
    down: int = 4
    blur: int = 4
    colour: Colour = (0, 0, 0, 160)


@dataclass(frozen=True, slots=True)
class Background:
    """A plate behind the lines, as large as they and the padding around them."""

    colour: Colour = (0, 0, 0, 160)
    padding: int = 12
    radius: int = 12


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set.

    `size` is the height of the letters' em in pixels. With `smallest` it is the largest size that is tried, and the
    text gets the largest one at which it fits into its box; without it the size is fixed. `line_spacing` is a multiple
    of what the fonts ask for. `weight` is 100 to 900, 400 is regular, 700 is bold. With `excerpt`, a text that does not
    fit even at the smallest size is shortened at a word and ends in "…"; without it, it is refused.
    """

    size: int
    smallest: int | None = None
    weight: int = 400
    colour: Colour = WHITE
    align: Align = Align.CENTER
    vertical: VerticalAlign = VerticalAlign.MIDDLE
    line_spacing: float = 1.0
    outline: Outline | None = None
    shadow: Shadow | None = None
    background: Background | None = None
    excerpt: bool = False

    def margins(self) -> tuple[int, int, int, int]:
        """Pixels left, above, right and below the letters that outline, shadow and background need."""
        rim = self.outline.width if self.outline else 0
        left = above = right = below = rim
        if self.shadow:
            spread = rim + 2 * self.shadow.blur
            left, right = max(left, spread - self.shadow.right), max(right, spread + self.shadow.right)
            above, below = max(above, spread - self.shadow.down), max(below, spread + self.shadow.down)
        padding = self.background.padding if self.background else 0
        return max(left, padding), max(above, padding), max(right, padding), max(below, padding)


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Pixels from the box's upper left corner; right and bottom are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top
