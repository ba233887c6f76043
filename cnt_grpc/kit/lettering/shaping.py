"""From characters to glyphs: runs of one font, one script and one direction, each shaped by HarfBuzz."""

import functools
import unicodedata
from dataclasses import dataclass

import uharfbuzz as hb

from cnt_grpc.kit.lettering import direction, segments
from cnt_grpc.kit.lettering.fonts import Font, choose


@dataclass(frozen=True, slots=True)
class Run:
    """Characters `start` to `end` of a paragraph that are shaped together."""

    start: int
    end: int
    font: Font
    level: int


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph and where it stands; all lengths in ems, to the right and upwards."""

    font: Font
    number: int
    cluster: int
    advance: float
    right: float
    up: float


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, measured: how wide each character is, and where lines may end."""

    text: str
    base: int
    runs: tuple[Run, ...]
    widths: tuple[float, ...]
    """Ems for each character. What HarfBuzz has drawn as one is counted at its first character."""
    breaks: tuple[int, ...]
    """Offsets where a line may end; the last one is the text's end."""
    clusters: tuple[int, ...]
    """Offsets where a line may end when a word is wider than any line."""
    lacking: tuple[str, ...]


@functools.lru_cache(maxsize=64)
def measured(text: str, weight: int) -> Paragraph:
    """A paragraph with all that does not depend on the size of letters."""
    starts, may_end = segments.of(text)
    ends = [*starts[1:], len(text)][: len(starts)]
    fonts, lacking = choose([text[s:e] for s, e in zip(starts, ends, strict=True)], weight)
    base = direction.base_level(text)
    runs = _runs(text, list(zip(starts, ends, fonts, strict=True)), direction.levels(text, base))
    widths = [0.0] * len(text)
    for run in runs:
        for glyph in shaped(text, run):
            widths[glyph.cluster] += glyph.advance
            if glyph.number == 0 and text[glyph.cluster] not in lacking:
                lacking.append(text[glyph.cluster])
    # A line cannot end inside of what is drawn as one: a ligature, or a letter with its marks.
    clusters = {start for start in starts if start and widths[start]}
    return Paragraph(
        text=text,
        base=base,
        runs=tuple(runs),
        widths=tuple(widths),
        breaks=(*sorted(clusters.intersection(may_end)), len(text)),
        clusters=(*sorted(clusters), len(text)),
        lacking=tuple(lacking),
    )


def shaped(text: str, run: Run) -> list[Glyph]:
    """The glyphs of a run from left to right; clusters are offsets in the text."""
    buffer = hb.Buffer()
    # Neighbours are given as context: letters at a run's edges join as in the whole word.
    buffer.add_str(text, run.start, run.end - run.start)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    hb.shape(run.font.hb, buffer, {})
    em = run.font.em
    return [
        Glyph(run.font, info.codepoint, info.cluster, at.x_advance / em, at.x_offset / em, at.y_offset / em)
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def line_glyphs(paragraph: Paragraph, start: int, end: int) -> list[Glyph]:
    """The glyphs of one line from left to right."""
    # The line alone is shaped: a letter at its end must not join one that stands on the next line.
    line = paragraph.text[start:end]
    runs = [
        Run(max(run.start, start) - start, min(run.end, end) - start, run.font, run.level)
        for run in paragraph.runs
        if run.start < end and run.end > start
    ]
    order = direction.visual_order([run.level for run in runs])
    return [glyph for index in order for glyph in shaped(line, runs[index])]


def _runs(text: str, clusters: list[tuple[int, int, Font]], levels: list[int]) -> list[Run]:
    runs: list[Run] = []
    script = ""
    for start, end, font in clusters:
        own = _script(text[start])
        level = levels[start]
        last = runs[-1] if runs else None
        if last and last.font is font and last.level == level and (not own or not script or own == script):
            runs[-1] = Run(last.start, end, font, level)
            script = own or script
        else:
            runs.append(Run(start, end, font, level))
            script = own
    return runs


def _script(character: str) -> str:
    """A word for the script of a letter, empty for what all scripts share."""
    if unicodedata.category(character) not in ("Lu", "Ll", "Lt", "Lo"):
        return ""
    return unicodedata.name(character, "").partition(" ")[0]
