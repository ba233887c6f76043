"""Text as words that can be looked up, the same in every script and on every database: our own, not Postgres's.

Postgres takes words apart by the locale that a database was made with, and has no extension here that removes accents.
So text is taken apart here, in documents and in queries alike, and Postgres gets finished words:

- in lower case and without accents (Élan → elan, Ärger → arger, ß → ss); vowel signs of Hebrew and Arabic go, too;
- a word is a run of letters, digits and the marks on them; everything else only separates, so that no query can be
  wrong: quotes, operators and emoji are no words;
- scripts that are written without spaces, and Korean, whose words carry endings, are taken apart into pairs of letters;
- the beginnings of each word of a title or subtitle are words as well. Postgres could look up prefixes, too, but it
  reads all words that begin so before it gives the first match, and of texts that is half a database.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LONGEST_WORD: Final = 40
"""Letters of a word that count."""
MOST_WORDS: Final = 1000
"""Words of a document's text that count, and of its title and subtitle a tenth of that."""
MOST_ASKED: Final = 12
"""Words of a query that count."""
LONGEST_START: Final = 12
"""Letters of a beginning that count."""

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

LOT_BITS: Final = 11
"""Ids that differ only in so many last bits are one lot: 2,048 things."""
LOT: Final = "Z"
"""Before the number of a lot, which stands among a document's words. Words of texts and queries are in lower case."""

_START: Final = "~"
"""Before the first letters of a word. No word of a text or a query begins with it."""

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


def vector(ref: int, title: str, subtitle: str, text: str) -> Vector:
    """The words of a document with this id, title (weight A), subtitle (B) and text (C)."""
    few = MOST_WORDS // 10
    parts = [(words(title)[:few], "A"), (words(subtitle)[:few], "B"), (words(text)[:MOST_WORDS], "C")]
    places: dict[str, list[str]] = {}
    at = 0
    for found, weight in parts:
        for word in found:
            at += 1
            for piece in _pieces(word):
                places.setdefault(piece, []).append(f"{at}{weight}")
    for found, weight in ((parts[0][0], "B"), (parts[1][0], "D")):
        for start in {start for word in found for start in _starts(word)}:
            places.setdefault(start, [f"1{weight}"])
    found_by = [f"{LOT}{ref >> LOT_BITS}", *(f"'{piece}':{','.join(at[:255])}" for piece, at in places.items())]
    return Vector(" ".join(found_by), *(" ".join(filter(str.isascii, found)) for found, _ in parts))


def query(text: str) -> Query | None:
    """What somebody looks for; None when there is no word in it."""
    found = words(text)[:MOST_ASKED]
    if not found:
        return None
    last = len(found) - 1 if not text[-1:].isspace() else None
    parts = [_asked(word, goes_on=at == last) for at, word in enumerate(found)]
    english = [f"'{word}'" for word in found if word.isascii()]
    others = [part for word, part in zip(found, parts, strict=True) if not word.isascii()]
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


def _pieces(word: str) -> list[str]:
    """What a document has of a word: itself, or of dense scripts its pairs of letters, and each letter."""
    return [*_pairs(word), *word] if _DENSE.match(word) else [word]


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _starts(word: str) -> Iterator[str]:
    """What a document has of the beginnings of a word; of dense scripts, pieces stand for them."""
    if not _DENSE.match(word):
        for length in range(1, min(len(word), LONGEST_START) + 1):
            yield _START + word[:length]


def _asked(word: str, *, goes_on: bool) -> str:
    """The tsquery of one word, or of all that begin like it."""
    if _DENSE.match(word):
        return " & ".join(f"'{piece}'" for piece in _pairs(word) or [word])
    return f"('{word}' | '{_START}{word[:LONGEST_START]}')" if goes_on else f"'{word}'"
