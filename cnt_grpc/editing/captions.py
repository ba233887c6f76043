"""Words on the picture: drawn as pictures by the one text renderer, so that no word ever meets a filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from cnt_grpc.editing.operations import Alignment, TextOverlay, TextOverlays
from cnt_grpc.editing.planning import Plan, Step
from cnt_grpc.kit import lettering
from cnt_grpc.kit.errors import Invalid, Violation

FONTS: Final[Mapping[str, int]] = {"": 400, "sans": 400, "sans-medium": 500, "sans-bold": 700, "sans-black": 900}
"""Fonts that come with the platform, by their weight; each shows every script."""
MOST_CHARACTERS: Final = 20_000
"""Of all words of an edit."""
_SMALLEST: Final = 8
"""Pixels below which nobody can read."""
_SHARE: Final = 20
"""A line that nobody gave a size is this part of the picture's height."""

_ALIGNS: Final = {
    Alignment.LEFT: lettering.Align.LEFT,
    Alignment.CENTER: lettering.Align.CENTER,
    Alignment.RIGHT: lettering.Align.RIGHT,
}


@dataclass(frozen=True, slots=True)
class Caption:
    """Words as a picture, and where its upper left corner lies."""

    image: Image.Image
    x: int
    y: int


def judge(plan: Plan) -> None:
    """See whether all words can be drawn; takes seconds for the longest ones, so call it in a thread.

    Raises Invalid with every caption that cannot: letters that no font shows, more words than the picture holds.
    """
    violations = []
    total = 0
    for number, step, overlays in _captioned(plan):
        for at, overlay in enumerate(overlays):
            field = f"operations[{number}].text_overlays.overlays[{at}]"
            total += len(overlay.text)
            if total > MOST_CHARACTERS:
                violations.append(Violation(f"{field}.text", f"an edit may hold {MOST_CHARACTERS} letters"))
                break
            if overlay.font not in FONTS:
                names = ", ".join(name for name in FONTS if name)
                violations.append(Violation(f"{field}.font", f"the fonts are {names}"))
                continue
            why = _problem(overlay, step)
            if why:
                violations.append(Violation(f"{field}.text", why))
    if violations:
        raise Invalid(violations=violations)


def draw(overlay: TextOverlay, width: int, height: int) -> Caption:
    """The words as a picture for a film of that size; in a thread, too."""
    picture = lettering.draw(overlay.text, _style(overlay, height), width, height)
    ink, block = picture.layout.ink, picture.layout.block
    assert ink is not None, "judged before"
    pad = _padding(overlay, height)
    left = max(0, min(ink.left, block.left) - pad)
    top = max(0, min(ink.top, block.top) - pad)
    right = min(width, max(ink.right, block.right) + pad)
    bottom = min(height, max(ink.bottom, block.bottom) + pad)
    image = picture.image.crop((left, top, right, bottom))
    if overlay.opacity < 1:
        image.putalpha(image.getchannel("A").point([round(value * overlay.opacity) for value in range(256)]))
    # Where the words stand by themselves, pushed inside where they would leave the picture.
    before = {Alignment.LEFT: pad, Alignment.CENTER: image.width / 2, Alignment.RIGHT: image.width - pad}
    x = round(overlay.x * width - before[overlay.alignment])
    y = round(overlay.y * height - image.height / 2)
    x, y = min(max(x, 0), width - image.width), min(max(y, 0), height - image.height)
    # Colours of films stand for pairs of pixels: FFmpeg would move the picture there by itself.
    return Caption(image, x // 2 * 2, y // 2 * 2)


def _captioned(plan: Plan) -> list[tuple[int, Step, Sequence[TextOverlay]]]:
    return [
        (number, step, step.operation.overlays)
        for number, step in enumerate(plan.steps)
        if isinstance(step.operation, TextOverlays)
    ]


def _problem(overlay: TextOverlay, step: Step) -> str:
    """Why these words cannot be drawn; "" when they can."""
    try:
        style = _style(overlay, step.before.height)
        laid_out = lettering.lay_out(overlay.text, style, step.before.width, step.before.height)
    except lettering.Undrawable as error:
        return str(error)
    except (lettering.TooLong, ValueError):
        return "there are more words than the picture holds"
    return "" if laid_out.ink is not None else "there is nothing to see in it"


def _style(overlay: TextOverlay, height: int) -> lettering.Style:
    size = _size(overlay, height)
    return lettering.Style(
        size=size,
        smallest=min(size, _SMALLEST),
        weight=FONTS[overlay.font],
        colour=(*overlay.color, 255),
        align=_ALIGNS[overlay.alignment],
        background=lettering.Background(
            colour=(*overlay.background_color, 255), padding=_padding(overlay, height), radius=_padding(overlay, height)
        )
        if overlay.background_color
        else None,
    )


def _size(overlay: TextOverlay, height: int) -> int:
    return max(_SMALLEST, round(overlay.font_size or height / _SHARE))


def _padding(overlay: TextOverlay, height: int) -> int:
    return max(1, _size(overlay, height) // 4) if overlay.background_color else 0
