"""Where characters belong together, and where lines may end: Unicode's rules (UAX #29 and #14), word by word.

The rules look at a character's neighbours, and rarely further than a space. So each word is looked at once and
remembered, which makes a long text cost what its vocabulary costs.
"""

import functools
import re
import unicodedata
from typing import Final

from uniseg.graphemecluster import grapheme_cluster_boundaries
from uniseg.linebreak import line_break_boundaries

_WORD: Final = re.compile(r"[^ ]* *")


def of(text: str) -> tuple[list[int], list[int]]:
    """Offsets at which clusters (what readers call a letter) begin, and offsets before which a line may end."""
    starts: list[int] = []
    breaks: list[int] = []
    for found in _WORD.finditer(text):
        word, at = found.group(), found.start()
        if not word:
            continue
        clusters, inner = _word(word)
        starts += [at + offset for offset in clusters]
        if at and not _stays(word[0]):
            breaks.append(at)
        breaks += [at + offset for offset in inner]
    return starts, breaks


@functools.lru_cache(maxsize=4096)
def _word(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    clusters = (0, *(edge for edge in grapheme_cluster_boundaries(word) if 0 < edge < len(word)))
    return clusters, tuple(edge for edge in line_break_boundaries(word) if 0 < edge < len(word))


def _stays(first: str) -> bool:
    """Whether a character stays with the word before it, over a space: "Why ?", "« Oui »"."""
    return first in "!?;:/%" or unicodedata.category(first) in ("Pe", "Pf")
