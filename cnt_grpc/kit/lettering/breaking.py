"""Where lines end: after a word where one fits, between letters only where a word is wider than a line."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from cnt_grpc.kit.lettering.shaping import Paragraph


@dataclass(frozen=True, slots=True)
class Span:
    """A line of a paragraph: offsets without the spaces at its end, and its width in ems."""

    start: int
    end: int
    width: float


@dataclass(frozen=True, slots=True)
class Broken:
    """A paragraph in lines, and whether a word had to be cut for that."""

    spans: tuple[Span, ...]
    cut: bool


def lines_of(paragraph: Paragraph, widest: float) -> Broken:
    """As few lines as possible, none wider than `widest` ems unless a single letter is."""
    text = paragraph.text
    if not text:
        return Broken((Span(0, 0, 0.0),), cut=False)
    sums = [0.0, *accumulate(paragraph.widths)]
    spans: list[Span] = []
    cut = False
    start = 0
    fitting = 0

    def span(end: int) -> Span:
        while end > start and text[end - 1] == " ":
            end -= 1
        return Span(start, end, sums[end] - sums[start])

    for end in paragraph.breaks:
        while span(end).width > widest:
            if fitting <= start:
                cut = True
                fitting = _within(paragraph.clusters, sums, start, end, widest)
            spans.append(span(fitting))
            start = fitting
            if start >= end:
                break
        fitting = end
    if start < len(text):
        spans.append(span(len(text)))
    return Broken(tuple(spans), cut)


def _within(inner: tuple[int, ...], sums: list[float], start: int, end: int, widest: float) -> int:
    """The last place between letters up to which the line is not too wide; at least one letter is taken."""
    first = bisect_right(inner, start)
    last = first
    while last < len(inner) and inner[last] <= end and sums[inner[last]] - sums[start] <= widest:
        last += 1
    return inner[max(last - 1, first)]
