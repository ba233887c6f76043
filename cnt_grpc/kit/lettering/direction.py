"""Which way each character is read: the Unicode Bidirectional Algorithm (UAX #9) for one paragraph.

Our own, because the libraries give reordered text, and shaping needs levels. Explicit directions are removed before
(`cleaning.py`), which leaves the rules W, N and I; tests compare with a library that gives only the reordered text.
"""

import unicodedata
from typing import Final

_STRONG: Final = ("L", "R", "AL")
_NEUTRAL: Final = frozenset(("B", "S", "WS", "ON"))
_PAIRS: Final = "()[]{}⁅⁆⁽⁾₍₎⌈⌉⌊⌋⟦⟧⟨⟩⟪⟫⟬⟭⟮⟯⦃⦄⦅⦆〈〉《》「」『』【】〔〕〖〗〘〙〚〛（）［］｛｝｟｠｢｣༺༻༼༽᚛᚜"  # noqa: RUF001 # brackets as Unicode pairs them
_CLOSING: Final = dict(zip(_PAIRS[0::2], _PAIRS[1::2], strict=True))
_OPENING: Final = dict(zip(_PAIRS[1::2], _PAIRS[0::2], strict=True))
_MOST_OPEN: Final = 63  # UAX #9, BD16


def base_level(text: str) -> int:
    """0 when the paragraph is read from the left, 1 when from the right: its first letter says it (P2, P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _STRONG:
            return int(kind != "L")
    return 0


def levels(text: str, base: int) -> list[int]:
    """A level for each character: odd ones are read from the right."""
    classes = [unicodedata.bidirectional(c) or "L" for c in text]
    kinds = ["ON" if kind == "BN" else kind for kind in classes]
    edge = "R" if base else "L"
    _weak(kinds, edge)
    _brackets(text, kinds, edge)
    _neutral(kinds, edge)
    return [_implicit(kind, base) for kind in kinds]


def visual_order(line: list[int]) -> list[int]:
    """Indexes of what has these levels, from left to right (L2)."""
    order = list(range(len(line)))
    if not line:
        return order
    lowest_odd = min((level for level in line if level % 2), default=max(line) + 1)
    for level in range(max(line), lowest_odd - 1, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and line[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return order


def _implicit(kind: str, base: int) -> int:
    if base % 2 == 0:
        return base + {"L": 0, "R": 1}.get(kind, 2)
    return base + (kind != "R")


def _weak(kinds: list[str], edge: str) -> None:
    before = edge
    for index, kind in enumerate(kinds):  # W1
        if kind == "NSM":
            kinds[index] = before
        before = kinds[index]
    _digits_among_arabic(kinds, edge)
    for index in range(1, len(kinds) - 1):  # W4
        around = kinds[index - 1]
        joins = {"EN": ("ES", "CS"), "AN": ("CS",)}.get(around, ())
        if around == kinds[index + 1] and kinds[index] in joins:
            kinds[index] = around
    _terminators(kinds)
    strong = edge
    for index, kind in enumerate(kinds):  # W7
        if kind in ("L", "R"):
            strong = kind
        if kind == "EN" and strong == "L":
            kinds[index] = "L"


def _digits_among_arabic(kinds: list[str], edge: str) -> None:
    strong = edge
    for index, kind in enumerate(kinds):  # W2, W3
        if kind in _STRONG:
            strong = kind
        if kind == "EN" and strong == "AL":
            kinds[index] = "AN"
    for index, kind in enumerate(kinds):
        if kind == "AL":
            kinds[index] = "R"


def _terminators(kinds: list[str]) -> None:
    start = 0
    while start < len(kinds):  # W5
        if kinds[start] != "ET":
            start += 1
            continue
        end = start
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        if (start and kinds[start - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN"):
            kinds[start:end] = ["EN"] * (end - start)
        start = end
    for index, kind in enumerate(kinds):  # W6
        if kind in ("ES", "ET", "CS"):
            kinds[index] = "ON"


def _brackets(text: str, kinds: list[str], edge: str) -> None:
    for opening, closing in sorted(_pairs(text, kinds)):  # N0
        inside = {_as_strong(kind) for kind in kinds[opening + 1 : closing]}
        if edge in inside:
            direction = edge
        elif inside & {"L", "R"}:
            before = next((s for k in reversed(kinds[:opening]) if (s := _as_strong(k))), edge)
            direction = before if before != edge else edge
        else:
            continue
        for index in (opening, closing):
            kinds[index] = direction
            after = index + 1
            while after < len(text) and unicodedata.bidirectional(text[after]) == "NSM":
                kinds[after] = direction
                after += 1


def _pairs(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    for index, character in enumerate(text):
        if kinds[index] != "ON":
            continue
        if character in _CLOSING:
            if len(waiting) == _MOST_OPEN:
                break
            waiting.append((character, index))
        elif character in _OPENING:
            for depth in range(len(waiting) - 1, -1, -1):
                if waiting[depth][0] == _OPENING[character]:
                    found.append((waiting[depth][1], index))
                    del waiting[depth:]
                    break
    return found


def _as_strong(kind: str) -> str:
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(kind, "")


def _neutral(kinds: list[str], edge: str) -> None:
    start = 0
    while start < len(kinds):  # N1, N2
        if kinds[start] not in _NEUTRAL:
            start += 1
            continue
        end = start
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        before = _as_strong(kinds[start - 1]) if start else edge
        after = _as_strong(kinds[end]) if end < len(kinds) else edge
        kinds[start:end] = [before if before == after else edge] * (end - start)
        start = end
