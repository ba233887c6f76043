"""A text set into a box: the size of its letters, its lines, where each glyph stands; all before anything is drawn."""

import math
from typing import Final

from cnt_grpc.kit.lettering import cleaning
from cnt_grpc.kit.lettering.breaking import Broken, lines_of
from cnt_grpc.kit.lettering.lines import Layout, Line, Placed, block_of, ink_of, into, moved
from cnt_grpc.kit.lettering.refusals import TooLong, Undrawable
from cnt_grpc.kit.lettering.shaping import Paragraph, line_glyphs, measured
from cnt_grpc.kit.lettering.style import Align, Rectangle, Style, VerticalAlign

_ELLIPSIS: Final = "…"
_SHARES: Final = (1.0, 0.85, 0.7)
"""Of the width, what lines get: a cut word of joined letters ends in a form that may be wider than it was within."""
_BEFORE_ELLIPSIS: Final = " ,;:.،·、。，"  # noqa: RUF001 # what would look odd before it


def lay_out(text: str, style: Style, width: int, height: int) -> Layout:
    """Set a text into a box of so many pixels. Raises Undrawable and TooLong."""
    if len(text) > cleaning.MOST_CHARACTERS:
        raise TooLong(f"more than {cleaning.MOST_CHARACTERS} characters")
    lines = cleaning.paragraphs(text)
    paragraphs = [measured(line, style.weight) for line in lines]
    if lacking := tuple(dict.fromkeys(c for p in paragraphs for c in p.lacking)):
        raise Undrawable(lacking)

    room = _Room(style, width, height)
    sizes = [style.size] if style.smallest is None else list(range(style.smallest, style.size + 1))
    found = room.largest(paragraphs, sizes)
    if found:
        return found
    if not style.excerpt:
        raise TooLong(f"does not fit into {width} × {height} pixels at {sizes[0]} pixels")
    return room.excerpt(paragraphs, sizes[0])


class _Room:
    """The part of the box that letters may cover, and attempts to get a text into it."""

    def __init__(self, style: Style, width: int, height: int) -> None:
        left, above, right, below = style.margins()
        self.style = style
        self.box = (width, height)
        self.left, self.top, self.right, self.bottom = left, above, width - right, height - below
        if self.right <= self.left or self.bottom <= self.top:
            raise ValueError("the box leaves no room for letters")

    def largest(self, paragraphs: list[Paragraph], sizes: list[int]) -> Layout | None:
        """The text at the largest of these sizes at which it fits; whole words are worth more than size."""
        for may_cut in (False, True):
            fits = self._largest(paragraphs, sizes, may_cut=may_cut)
            for size in reversed(sizes[: fits + 1]):
                if self._roughly(paragraphs, size, may_cut=may_cut) and (done := self.place(paragraphs, size)):
                    return done
        return None

    def excerpt(self, paragraphs: list[Paragraph], size: int) -> Layout:
        """As much of the beginning as fits, ended at a word and with an ellipsis."""
        leading, _, _ = _leading(paragraphs, self.style)
        most = max(1, math.floor((self.bottom - self.top) / (leading * size)))
        ends = [
            (number, span.start, span.end)
            for number, paragraph in enumerate(paragraphs)
            for span in self._broken(paragraph, size).spans
        ]
        for number, start, end in reversed(ends[:most]):
            paragraph = paragraphs[number]
            words = [place for place in paragraph.breaks if start < place <= end]
            letters = [place for place in paragraph.clusters if start < place <= end]
            for place in [*reversed(words), *reversed(letters)]:
                shortened = paragraph.text[:place].rstrip(_BEFORE_ELLIPSIS) + _ELLIPSIS
                tried = [*paragraphs[:number], measured(shortened, self.style.weight)]
                if self._roughly(tried, size, may_cut=True) and (done := self.place(tried, size, complete=False)):
                    return done
        raise TooLong(f"not even its beginning fits at {size} pixels")

    def place(self, paragraphs: list[Paragraph], size: int, *, complete: bool = True) -> Layout | None:
        """All glyphs at their places; None when ink would leave the room for letters."""
        for share in _SHARES:
            done = self._place(paragraphs, size, share, complete=complete)
            if done or not any(self._broken(paragraph, size).cut for paragraph in paragraphs):
                return done
        return None

    def _place(self, paragraphs: list[Paragraph], size: int, share: float, *, complete: bool) -> Layout | None:
        leading, ascent, descent = (length * size for length in _leading(paragraphs, self.style))
        broken = [self._broken(paragraph, size, share) for paragraph in paragraphs]
        number = sum(len(b.spans) for b in broken)
        tall = (number - 1) * leading + ascent + descent if number else 0.0
        spare = self.bottom - self.top - tall
        vertical = {VerticalAlign.TOP: 0.0, VerticalAlign.MIDDLE: spare / 2, VerticalAlign.BOTTOM: spare}
        top = self.top + vertical[self.style.vertical]
        lines: list[Line] = []
        for paragraph, in_lines in zip(paragraphs, broken, strict=True):
            for span in in_lines.spans:
                baseline = round(top + ascent + len(lines) * leading)
                lines.append(self._line(paragraph, span.start, span.end, size, baseline))
        ink = ink_of(lines, size)
        if ink:
            right, down = into(ink, self.left, self.top, self.right, self.bottom)
            if right is None or down is None:
                return None
            lines = [moved(line, right, down) for line in lines]
            ink = Rectangle(ink.left + right, ink.top + down, ink.right + right, ink.bottom + down)
            top += down
        return Layout(
            *self.box,
            size=size,
            lines=tuple(lines),
            block=block_of(lines, ink, top, top + tall),
            ink=ink,
            complete=complete,
            cut=any(b.cut for b in broken),
        )

    def _line(self, paragraph: Paragraph, start: int, end: int, size: int, baseline: float) -> Line:
        glyphs = line_glyphs(paragraph, start, end)
        wide = sum(glyph.advance for glyph in glyphs) * size
        from_right = paragraph.base == 1
        align = self.style.align
        if align in (Align.START, Align.END):
            align = Align.RIGHT if from_right == (align is Align.START) else Align.LEFT
        spare = self.right - self.left - wide
        x = left = self.left + {Align.LEFT: 0.0, Align.CENTER: spare / 2, Align.RIGHT: spare}[align]
        placed = []
        for glyph in glyphs:
            placed.append(Placed(glyph, x + glyph.right * size, baseline - glyph.up * size))
            x += glyph.advance * size
        return Line(paragraph.text[start:end], left, x, baseline, from_right, tuple(placed))

    def _broken(self, paragraph: Paragraph, size: int, share: float = 1.0) -> Broken:
        return lines_of(paragraph, (self.right - self.left) / size * share)

    def _largest(self, paragraphs: list[Paragraph], sizes: list[int], *, may_cut: bool) -> int:
        """The index of the largest size at which the lines are few enough, -1 when there is none."""
        low, high = -1, len(sizes) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self._roughly(paragraphs, sizes[middle], may_cut=may_cut):
                low = middle
            else:
                high = middle - 1
        return low

    def _roughly(self, paragraphs: list[Paragraph], size: int, *, may_cut: bool) -> bool:
        """Whether the lines are few enough, before a glyph is placed."""
        leading, ascent, descent = _leading(paragraphs, self.style)
        allowed = (self.bottom - self.top) / size - ascent - descent
        number = 0
        for paragraph in paragraphs:
            broken = self._broken(paragraph, size)
            number += len(broken.spans)
            if (broken.cut and not may_cut) or (number - 1) * leading > allowed:
                return False
        return True


def _leading(paragraphs: list[Paragraph], style: Style) -> tuple[float, float, float]:
    """From line to line, above a line and below it, in ems: the most that a font of this text asks for."""
    fonts = {run.font for paragraph in paragraphs for run in paragraph.runs}
    ascent = max((font.ascent for font in fonts), default=1.0)
    descent = max((font.descent for font in fonts), default=0.3)
    return (ascent + descent) * style.line_spacing, ascent, descent
