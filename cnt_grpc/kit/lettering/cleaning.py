"""What is drawn of a text: its characters in composed form, without what has no picture and would only do harm."""

import unicodedata
from typing import Final

MOST_CHARACTERS: Final = 10_000
"""The longest text that is looked at; what is longer is refused before anything is computed."""
MOST_MARKS: Final = 8
"""Marks that one letter carries. No language needs as many; stacks of hundreds would run over everything around."""

_NEW_LINES: Final = frozenset("\n\v\f\x85\u2028\u2029")
# Embeddings, overrides and isolates: they would let a text turn around what is not its own, and no person types them.
_DIRECTIONS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOTHING: Final = frozenset("\ufeff\ufff9\ufffa\ufffb\u00ad")
_MARKS: Final = ("Mn", "Me")


def paragraphs(text: str) -> list[str]:
    """The lines that the text was written in. Control characters are gone, lone surrogates are U+FFFD."""
    clean: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if character in _NEW_LINES:
            clean.append("\n")
        elif category == "Zs" or character == "\t":
            clean.append(character if character in "\u00a0\u202f\u3000" else " ")
        elif category == "Cs":
            clean.append("\ufffd")
        elif category != "Cc" and character not in _DIRECTIONS and character not in _NOTHING and marks <= MOST_MARKS:
            clean.append(character)
    lines = [line.strip(" ") for line in "".join(clean).split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines
