"""Hostile words: drawn as they stand, or refused with a reason; no filter hears them, no file is opened for them."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnt_grpc.editing import captions
from cnt_grpc.editing.operations import TextOverlay
from cnt_grpc.media import ffmpeg
from cnt_grpc.media.sniff import Kind
from tests.editing import studio
from tests.harness.api import Api
from tests.harness.world import World

HOSTILE = {
    "quotes": "It's “so” \"quoted\" 'twice''",
    "backslashes": "C:\\new\\table \\\\ \\' \\:",
    "colons and commas": "a:b,c;d=e[f]@g",
    "percent": "100% %{pts} %{eif:1} %d %s %n",
    "braces": "${HOME} $(id) `id` {{7*7}} %{expr_int_format}",
    "another filter": "',drawtext=textfile=/etc/passwd,'",
    "an output": "'[out];movie=/etc/passwd[out]",
    "an option": "-i /etc/passwd -y /tmp/owned.mp4",
    "a path": "../../../../etc/passwd",
    "a link": "file:/etc/passwd|http://127.0.0.1/",
    "lines": "one\ntwo\r\nthree\rfour\u2028five",
    "right to left": "السلام عليكم (123) שלום",
    "overrides": "abc\u202edcba\u202c \u2066x\u2069",
    "marks": "e\u0301\u0302\u0303a\u0308 क्षि",
    "emoji": "🙏🏽 👨‍👩‍👧 🇩🇪 ❤️",
    "control characters": "a\x01\x07\x1b[31mb",
    "markup": "<b>&amp;</b> {\\an8}{\\b1} <script>",
    "ten thousand": "Holy " * 2000,
    "one long word": "x" * 300,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_words_are_drawn_as_they_stand(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    ann = await world.user()
    graph = "color=black:s=1280x720:d=0.4:r=10"
    film = await studio.drawn(world, ann, graph, Kind.VIDEO, "black.mp4")
    runs: list[tuple[list[str], list[str]]] = []
    plain = ffmpeg.run

    async def watched(arguments: list[str], folder: Path, **options: Any) -> str:
        runs.append((list(arguments), sorted(os.listdir(folder))))  # noqa: PTH208
        return await plain(arguments, folder, **options)

    with monkeypatch.context() as patched:
        patched.setattr(ffmpeg, "run", watched)
        last = await studio.edited(api.as_(ann), film, {"text_overlays": {"overlays": [{"text": text}]}})
    [(arguments, files)] = runs
    # What FFmpeg is told is the same whatever the words are, and it has two files.
    assert files == ["in0.mp4", "words0-0.png"]
    assert [each for each in arguments if each.startswith("file:")] == [
        "file:in0.mp4",
        "file:words0-0.png",
        "file:made.mp4",
    ]
    assert not any(word in " ".join(arguments) for word in ("passwd", "drawtext", "movie", "textfile"))
    # What is seen is what the renderer draws of these words.
    caption = captions.draw(TextOverlay(text), 1280, 720)
    canvas = Image.new("L", (1280, 720))
    canvas.paste(caption.image.getchannel("A"), (caption.x, caption.y))
    drawn = np.asarray(canvas).astype(int)
    seen = (await studio.look(world, last.result)).picture(0.2).max(axis=2).astype(int)
    assert drawn.max() > 200
    both = np.corrcoef(drawn.ravel(), seen.ravel())[0, 1]
    assert both > 0.8, f"they are alike by {both:.2f}"
