"""Text as words that can be looked up, the same in every script and on every database: our own, not Postgres's.

Postgres takes words apart by the locale that a database was made with, and has no extension here that removes accents.
So text is taken apart here, in documents and in queries alike, and Postgres gets finished words:

- in lower case and without accents (Élan → elan, Ärger → arger, ß → ss); vowel signs of Hebrew and Arabic go, too;
- a word is a run of letters, digits and the marks on them; everything else only separates, so that no query can be
  wrong: quotes, operators and emoji are no words;
- scripts that are written without spaces, and Korean, whose words carry endings, are taken apart into pairs of letters;
- the first one and two letters of each word of a title are words as well: as prefixes they would match half a database.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import filterfalse
from typing import Final

LONGEST_WORD: Final = 40
"""Letters of a word that count."""
MOST_WORDS: Final = 1000
"""Words of a document's text that count, and of its title and subtitle a tenth of that."""
MOST_ASKED: Final = 12
"""Words of a query that count."""
SHORTEST_PREFIX: Final = 3
"""Letters of the shortest word that Postgres looks up as a prefix."""

# Marks that only say how a letter sounds; in the scripts of India and Southeast Asia marks are vowels, and stay.
_ACCENTS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_STROKES: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"}
)
"""Letters that are an accented one to the eye, but not to Unicode."""

_DENSE: Final = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Scripts of which pairs of letters are looked up."""

_START: Final = "~"
"""Before the first letters of a word of a title. No word of a text or a query begins with it."""

_UNSEEN: Final = dict.fromkeys(map(ord, "\u00ad\u061c\u200d\u200e\u200f\u2060\ufeff"))
"""Characters within words that say how to draw them."""


@dataclass(frozen=True, slots=True)
class Vector:
    """The words of a document, as Postgres takes them."""

    literal: str
    """A tsvector: each word as it is, with its places and weights."""
    title: str
    """The English part of the title: words of ASCII, with spaces; Postgres finds their stems. So are the others."""
    subtitle: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, as Postgres takes it. Each part is a tsquery that cannot be wrong, or empty."""

    literal: str
    """Every word as it was typed; the last one may go on."""
    english: str
    """The words of ASCII, for Postgres to find their stems, and to leave out those that say nothing."""
    others: str
    """The other words."""


def vector(title: str, subtitle: str, text: str) -> Vector:
    """The words of a document with this title (weight A), subtitle (B) and text (C)."""
    few = MOST_WORDS // 10
    parts = [(words(title)[:few], "A"), (words(subtitle)[:few], "B"), (words(text)[:MOST_WORDS], "C")]
    places: dict[str, list[str]] = {}
    at = 0
    for found, weight in parts:
        for word in found:
            at += 1
            for piece in _pieces(word, is_kept=True):
                places.setdefault(piece, []).append(f"{at}{weight}")
    for word in filterfalse(_DENSE.match, parts[0][0]):
        for length in range(1, SHORTEST_PREFIX):
            places.setdefault(_START + word[:length], ["1A"])
    literal = " ".join(f"'{piece}':{','.join(sorted_places[:255])}" for piece, sorted_places in places.items())
    return Vector(literal, *(" ".join(filter(str.isascii, found)) for found, _ in parts))


def query(text: str) -> Query | None:
    """What somebody looks for; None when there is no word in it."""
    found = words(text)[:MOST_ASKED]
    if not found:
        return None
    last = len(found) - 1 if not text[-1:].isspace() else None
    parts = [_asked(word, goes_on=at == last) for at, word in enumerate(found)]
    # The stem of a beginning means nothing while it is so short that beginnings of titles stand for it.
    in_english = [word.isascii() and (at != last or len(word) >= SHORTEST_PREFIX) for at, word in enumerate(found)]
    english = [part for part, plain in zip(parts, in_english, strict=True) if plain]
    others = [part for part, plain in zip(parts, in_english, strict=True) if not plain]
    return Query(*(" & ".join(each) for each in (parts, english, others)))


def words(text: str) -> list[str]:
    """The words of a text in their plain form, in order."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_UNSEEN)).casefold())
    plain = unicodedata.normalize("NFKC", plain.translate(_STROKES))
    return [part[:LONGEST_WORD] for run in _runs(plain) for part in _by_script(run)]


def _runs(text: str) -> list[str]:
    return "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in text).split()


def _by_script(run: str) -> Iterator[str]:
    """Parts of a run: dense scripts and others, which may stand beside each other without a space."""
    at = 0
    for dense in _DENSE.finditer(run):
        if dense.start() > at:
            yield run[at : dense.start()]
        # A run may be a whole sentence: it is cut where the next piece goes on with its last letter.
        for start in range(dense.start(), dense.end(), LONGEST_WORD - 1):
            if start == dense.start() or dense.end() - start > 1:
                yield run[start : min(start + LONGEST_WORD, dense.end())]
        at = dense.end()
    if at < len(run):
        yield run[at:]


def _pieces(word: str, *, is_kept: bool = False) -> list[str]:
    """What is looked up for a word: itself, or of dense scripts its pairs of letters.

    Where it `is_kept`, its last letter as well, so that a letter alone is found wherever it stands: as a beginning.
    """
    if not _DENSE.match(word):
        return [word]
    return [word[at : at + 2] for at in range(max(1, len(word) - (not is_kept)))]


def _asked(word: str, *, goes_on: bool) -> str:
    """The tsquery of one word, or of all that begin like it."""
    if _DENSE.match(word):
        return f"'{word}':*" if len(word) == 1 else " & ".join(f"'{piece}'" for piece in _pieces(word))
    if not goes_on:
        return f"'{word}'"
    return f"('{word}' | '{_START}{word}')" if len(word) < SHORTEST_PREFIX else f"'{word}':*"
