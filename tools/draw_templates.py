"""Draw the twelve pictures that come with the platform: `python -m tools.draw_templates`.

Light from above over hills, in twelve colours; nothing in them is anybody's but ours. The same at each run.
"""

import math
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from cnt_grpc.media import templates

SIZE: Final = (1280, 720)
HUES: Final = (210, 235, 262, 290, 325, 350, 12, 30, 46, 95, 155, 185)
"""Degrees of the colour circle, one for each picture."""


def draw(hue: int) -> Image.Image:
    """One picture."""
    width, height = SIZE
    sky = Image.new("HSV", (1, height))
    for y in range(height):
        part = y / height
        sky.putpixel((0, y), (hue * 255 // 360, round(190 - 110 * part), round(70 + 150 * part)))
    picture = sky.resize(SIZE).convert("RGB")
    light = Image.new("L", SIZE, 0)
    rays = ImageDraw.Draw(light)
    for number in range(7):
        left = width * (0.10 + 0.13 * number)
        rays.polygon([(width * 0.5, -height * 0.2), (left, height), (left + width * 0.06, height)], fill=60)
    picture.paste(Image.new("RGB", SIZE, "white"), mask=light.filter(ImageFilter.GaussianBlur(28)))
    for layer in range(3):
        _hill(picture, hue, layer)
    return picture


def _hill(picture: Image.Image, hue: int, layer: int) -> None:
    width, height = SIZE
    top = height * (0.66 + 0.1 * layer)
    line = [
        (x, top + height * 0.05 * math.sin(x / width * math.tau * (1.1 + 0.4 * layer) + hue / 40 + layer * 2))
        for x in range(0, width + 1, 8)
    ]
    colour = Image.new("HSV", (1, 1), (hue * 255 // 360, 150, 95 - 28 * layer)).convert("RGB").getpixel((0, 0))
    ImageDraw.Draw(picture).polygon([*line, (width, height), (0, height)], fill=colour)


def main() -> None:
    """Write all of them."""
    folder = Path(templates.__file__).parent / "pictures"
    folder.mkdir(exist_ok=True)
    for number, hue in enumerate(HUES, 1):
        draw(hue).save(folder / f"{number}.jpg", "JPEG", quality=80, optimize=True, progressive=True)


if __name__ == "__main__":
    main()
