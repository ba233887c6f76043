"""The fonts: which there are, where they come from, and which of them shows a cluster of characters."""

import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import uharfbuzz as hb
from uniseg.graphemecluster import grapheme_clusters

from cnt_grpc.kit.lettering import cleaning

_HERE: Final = Path(__file__).parent / "fonts"
_EMOJI: Final = "Noto Color Emoji"
_CJK: Final = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR")
_BOLD: Final = 600
"""From this weight on a font without weights of its own is made heavier by widening its outlines."""

# Joiners and direction marks, combining joiner, word joiner, Mongolian vowel separator; variation selectors; tags.
_INVISIBLE: Final = (
    range(0x200B, 0x2010),
    range(0x061C, 0x061D),
    range(0x034F, 0x0350),
    range(0x2060, 0x2061),
    range(0x180E, 0x180F),
    range(0xFE00, 0xFE10),
    range(0xE0020, 0xE0080),
    range(0xE0100, 0xE01F0),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A font's file in a package, with its licence beside it."""

    name: str
    package: str
    path: str
    licence: str
    index: int = 0

    @property
    def file(self) -> Path:
        return Path(str(files(self.package) / self.path)) if self.package else _HERE / self.path

    @property
    def licence_file(self) -> Path:
        if self.package == "noto_cjk_sans_otc":
            return next(self.file.parent.parent.glob(f"{self.package}-*.dist-info/{self.licence}"))
        return self.file.parent / self.licence


def _noto(name: str, package: str, axes: str = "wdth,wght") -> Source:
    folder = name.lower().replace(" ", "")
    file = f"{name.replace(' ', '')}[{axes}].ttf" if axes else f"{name.replace(' ', '')}-Regular.ttf"
    return Source(name, package, f"fonts/ofl/{folder}/{file}", "OFL.txt")


# In the order in which they are asked. Pictures come after letters, so that digits and © are letters.
SOURCES: Final = (
    _noto("Noto Sans", "justmytype_western_core"),
    _noto("Noto Sans Hebrew", "justmytype_intl_rtl"),
    _noto("Noto Sans Arabic", "justmytype_intl_rtl"),
    _noto("Noto Sans Ethiopic", "justmytype_intl_africa"),
    _noto("Noto Sans Devanagari", "justmytype_intl_south_asia"),
    _noto("Noto Sans Bengali", "justmytype_intl_south_asia"),
    _noto("Noto Sans Tamil", "justmytype_intl_south_asia"),
    _noto("Noto Sans Telugu", "justmytype_intl_south_asia"),
    _noto("Noto Sans Thai", "justmytype_intl_sea"),
    _noto("Noto Sans Lao", "justmytype_intl_sea"),
    _noto("Noto Sans Khmer", "justmytype_intl_sea"),
    _noto("Noto Sans Myanmar", "justmytype_intl_sea"),
    *(
        Source(name, "noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc", "licenses/LICENSE", index)
        for name, index in zip(_CJK, (2, 0, 1), strict=True)
    ),
    Source(_EMOJI, "", "NotoColorEmoji.ttf", "OFL.txt"),
    _noto("Noto Sans Symbols 2", "justmytype_western_core", axes=""),
)
LICENCES: Final = {source.name: source.licence_file for source in SOURCES}
"""The licence text of each font, all of them the SIL Open Font License 1.1."""


class Font:
    """A font at one weight, ready to shape and to draw. Its units are those of its design, `em` of them an em."""

    __slots__ = ("ascent", "characters", "colour", "descent", "em", "hb", "name")

    def __init__(self, source: Source, weight: int) -> None:
        face = hb.Face(hb.Blob.from_file_path(str(source.file)), source.index)
        self.name = source.name
        self.hb: Any = hb.Font(face)
        if any(axis.tag == "wght" for axis in face.axis_infos):
            self.hb.set_variations({"wght": float(weight)})
        elif weight >= _BOLD and source.name in _CJK:
            self.hb.synthetic_bold = (0.03, 0.03, True)
        self.em: int = face.upem
        self.colour = source.name == _EMOJI
        self.characters: Any = face.unicodes
        extents = self.hb.get_font_extents("ltr")
        self.ascent: float = extents.ascender / self.em
        self.descent: float = -extents.descender / self.em

    def shows(self, cluster: str) -> bool:
        """Whether all of these characters have a picture in this font, or need none."""
        return all(ord(c) in self.characters or _invisible(c) for c in cluster)


@functools.cache
def fonts(weight: int) -> tuple[Font, ...]:
    """All fonts at this weight. Files are mapped, not read, and opened once for each weight."""
    return tuple(Font(source, weight) for source in SOURCES)


def choose(clusters: Iterable[str], weight: int) -> tuple[list[Font], list[str]]:
    """A font for each cluster, and the clusters that none shows (they are given the first font)."""
    texts = list(clusters)
    shelf = _ordered(texts, weight)
    chosen: list[Font] = []
    lacking: list[str] = []
    current: Font | None = None
    for cluster in texts:
        # What belongs to no script (spaces, commas) stays with the font around it, so that lines look of one piece.
        if current and not current.colour and not _letter(cluster) and _plain(cluster) and current.shows(cluster):
            chosen.append(current)
            continue
        font = _font_for(cluster, shelf)
        if font is None:
            if cluster not in lacking:
                lacking.append(cluster)
            font = shelf[0]
        chosen.append(font)
        if _letter(cluster):
            current = font
    return chosen, lacking


def missing(text: str) -> tuple[str, ...]:
    """What no font of ours shows of a text, each once; empty when all of it can be drawn."""
    found: list[str] = []
    for line in cleaning.paragraphs(text):
        found += [c for c in choose(grapheme_clusters(line), 400)[1] if c not in found]
    return tuple(found)


def _font_for(cluster: str, shelf: tuple[Font, ...]) -> Font | None:
    if "\ufe0f" in cluster or "\u20e3" in cluster:
        shelf = tuple(sorted(shelf, key=lambda font: not font.colour))
    elif "\ufe0e" in cluster:
        shelf = tuple(sorted(shelf, key=lambda font: font.colour))
    return next((font for font in shelf if font.shows(cluster)), None)


def _ordered(texts: list[str], weight: int) -> tuple[Font, ...]:
    """Han characters look as in the language that is written: kana say Japanese, Hangul says Korean, else Chinese."""
    text = "".join(texts)
    preferred = _CJK[0]
    if any("\u3040" <= c <= "\u30ff" for c in text):
        preferred = _CJK[1]
    elif any("\uac00" <= c <= "\ud7a3" or "\u1100" <= c <= "\u11ff" for c in text):
        preferred = _CJK[2]
    shelf = fonts(weight)
    first = next(font for font in shelf if font.name == preferred)
    place = next(index for index, font in enumerate(shelf) if font.name in _CJK)
    return (*shelf[:place], first, *(font for font in shelf[place:] if font is not first))


def _letter(cluster: str) -> bool:
    return any(unicodedata.category(c)[0] in "LM" for c in cluster)


def _plain(cluster: str) -> bool:
    return len(cluster) == 1 and unicodedata.category(cluster) != "So"


def _invisible(character: str) -> bool:
    """Whether a character only steers how its neighbours look."""
    return any(ord(character) in span for span in _INVISIBLE)
