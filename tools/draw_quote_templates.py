"""Draw the backgrounds of quote images: `python -m tools.draw_quote_templates`.

Two for each category of posts, upright and lying; light over a dark colour, so that white letters stand out on all of
them. Nothing in them is anybody's but ours, and they are the same at each run.
"""

import math
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from cnt_grpc.community import quotes

HUES: Final = {
    "testimony": (38, 20),
    "prayer_request": (262, 290),
    "question": (190, 210),
    "announcement": (350, 330),
    "general": (222, 150),
}
"""Degrees of the colour circle."""
_SCALE: Final = 4
"""Drawn at a quarter of the size and made larger: all is soft, and the files stay small."""


def draw(hue: int, variant: int, size: tuple[int, int]) -> Image.Image:
    """One background."""
    width, height = size[0] // _SCALE, size[1] // _SCALE
    ramp = Image.new("HSV", (1, height))
    for y in range(height):
        part = y / height
        ramp.putpixel((0, y), ((hue + round(18 * part)) * 255 // 360, 175, round(112 - 62 * part)))
    picture = ramp.resize((width, height)).convert("RGB")
    light = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(light)
    if variant == 0:
        for number in range(6):
            angle = math.pi * (0.22 + 0.11 * number)
            reach = 2 * max(width, height)
            ends = [(width / 2 + reach * math.cos(angle + d), reach * math.sin(angle + d)) for d in (-0.035, 0.035)]
            pen.polygon([(width / 2, -height * 0.15), *ends], fill=34)
    else:
        for number in range(5):
            radius = min(width, height) * (0.25 + 0.22 * number)
            box = (width * 0.85 - radius, -radius * 0.4, width * 0.85 + radius, radius * 1.6)
            pen.ellipse(box, fill=52 - 9 * number, outline=60 - 9 * number)
    light = light.filter(ImageFilter.GaussianBlur(5))
    picture = ImageChops.screen(picture, Image.merge("RGB", (light, light, light)))
    return picture.resize(size, Image.Resampling.BICUBIC)


def main() -> None:
    """Write all of them."""
    quotes.TEMPLATES.mkdir(exist_ok=True)
    for category, hues in HUES.items():
        for variant, hue in enumerate(hues):
            for shape, size in (("upright", quotes.UPRIGHT[0]), ("lying", quotes.LYING)):
                path = quotes.template(category, variant, shape)
                draw(hue, variant, size).save(path, "JPEG", quality=82, optimize=True, progressive=True)


if __name__ == "__main__":
    main()
