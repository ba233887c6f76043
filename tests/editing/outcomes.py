"""What each step must have done to the sound and the film of `inputs.py`, seen and heard in the bytes that came out."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from cnt_grpc.media import ffmpeg
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from tests.editing import studio
from tests.editing.inputs import BLACK, BLUE, BOX, GREEN, PAUSE, RATE, RED, SECONDS, SIZE, WHITE
from tests.editing.studio import level, part, pitch_level

LOUD, GONE = -25.0, -55.0
"""Decibels of a tone that is there, and of one that is not."""
TONE, BEHIND, OTHER = 440, 880, 1000
"""Hertz of the file's own tone, of the one behind it, and of what is added."""
FRAME: Final = 1 / RATE


@dataclass(frozen=True)
class Made:
    """What came out, beside what went in."""

    before: studio.Look
    after: studio.Look
    result: edit_pb2.EditedFile
    is_film: bool

    def lasts(self, seconds: float) -> None:
        """Both streams do; pictures to the frame."""
        assert self.result.duration_ms / 1000 == pytest.approx(seconds, abs=0.1)
        if self.after.sounds:
            assert self.after.sound_seconds() == pytest.approx(seconds, abs=0.1)
        if self.is_film and self.after.films:
            assert self.after.film_seconds() == pytest.approx(seconds, abs=FRAME + 0.005)

    def hears(self, start: float, end: float, *hertz: int) -> None:
        """These tones, and none of the others."""
        heard = part(self.after.sound(), start, end)
        for each in (TONE, BEHIND, OTHER):
            found = pitch_level(heard, each)
            assert found > LOUD if each in hertz else found < GONE, f"{each} Hz: {found:.0f} dB"

    def sees_all_quarters(self, at: float, colours: Sequence[tuple[int, int, int]] = (RED, GREEN, BLUE, WHITE)) -> None:
        """The colours in the middle of each quarter: above left and right, below left and right."""
        picture = self.after.picture(at)
        tall, wide, _ = picture.shape
        seen = [picture[tall * y // 4, wide * x // 4] for y in (1, 3) for x in (1, 3)]
        assert all(is_colour(*each) for each in zip(seen, colours, strict=True)), seen

    def box_appears(self, at: float) -> None:
        """The box in the middle is there from then on, to the frame."""
        first = next(when for when, picture in self.after.pictures() if is_colour(middle(picture), BLACK))
        assert first - self.after.pictures()[0][0] == pytest.approx(at, abs=FRAME + 0.005)


def is_colour(seen: NDArray[np.uint8], wanted: tuple[int, int, int]) -> bool:
    """Whether it is nearly that colour."""
    return bool(np.abs(seen.astype(int) - wanted).max() < 45)


def middle(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colour in the middle."""
    tall, wide, _ = picture.shape
    found: NDArray[np.uint8] = picture[tall // 2, wide // 2]
    return found


# -- what each step must have done ------------------------------------------------------------------------------------


def trimmed(made: Made) -> None:
    """A part of it, exact to the frame."""
    made.lasts(2)
    made.hears(0.1, PAUSE[0] - 0.6, TONE)
    assert level(part(made.after.sound(), PAUSE[0] - 0.4, PAUSE[1] - 0.6)) < GONE
    made.hears(PAUSE[1] - 0.4, 1.9, TONE)
    if made.is_film:
        made.sees_all_quarters(1)
        made.box_appears(BOX - 0.52)


def merged(made: Made) -> None:
    """It, and the other one behind it."""
    made.lasts(SECONDS + 1)
    made.hears(0.1, 1.1, TONE)
    made.hears(3.2, 3.8, BEHIND)
    if made.is_film:
        made.sees_all_quarters(2.5)
        made.sees_all_quarters(3.5, [(255, 0, 255)] * 4)


def risen(made: Made) -> None:
    """It begins in silence, and black."""
    made.lasts(SECONDS)
    full = level(part(made.before.sound(), 0.3, 1.1))
    heard = [level(part(made.after.sound(), at, at + 0.1)) for at in (0.0, 0.2, 0.45, 0.7, 0.9)]
    assert heard == sorted(heard)
    assert heard[0] < full - 15
    assert heard[2] == pytest.approx(full - 6, abs=1.2), "half of it in the middle"
    assert heard[4] == pytest.approx(full - 0.4, abs=1)
    if made.is_film:
        bright = [float(made.after.picture(at).mean()) for at in (0, 0.5, 2)]
        assert bright[0] < 12
        assert bright[1] == pytest.approx(float(made.before.picture(0.5).mean()) / 2, rel=0.15)
        made.sees_all_quarters(2)


def fallen(made: Made) -> None:
    """It ends in silence."""
    made.lasts(SECONDS)
    full = level(part(made.before.sound(), 2.0, 2.8))
    heard = [level(part(made.after.sound(), at, at + 0.1)) for at in (2.0, 2.2, 2.45, 2.7, 2.85)]
    assert heard == sorted(heard, reverse=True)
    assert heard[2] == pytest.approx(full - 6, abs=1.2), "half of it in the middle"
    assert heard[4] < full - 12


def softer(made: Made) -> None:
    """By nine decibels."""
    made.lasts(SECONDS)
    for start, end in ((0.2, 1.0), (2.0, 2.8)):
        before, after = (level(part(each.sound(), start, end)) for each in (made.before, made.after))
        assert after == pytest.approx(before - 9, abs=0.7)


def levelled(made: Made) -> None:
    """At -16 LUFS, and the pause is still one."""
    made.lasts(SECONDS)
    said = subprocess.run(
        [ffmpeg.program(), "-i", str(made.after.path), "-af", "ebur128", "-f", "null", "-"],
        capture_output=True, check=True,
    ).stderr  # fmt: skip
    assert float(re.findall(rb"I:\s+(-?[\d.]+) LUFS", said)[-1]) == pytest.approx(-16, abs=1)
    assert level(part(made.after.sound(), PAUSE[0] + 0.2, PAUSE[1] - 0.2)) < -50


def without_pause(made: Made) -> None:
    """The pause is gone, from the picture too."""
    seconds = SECONDS - (PAUSE[1] - PAUSE[0]) + 0.1  # a twentieth of a second stays at each edge
    assert made.after.sound_seconds() == pytest.approx(seconds, abs=0.1)
    heard = made.after.sound()
    assert min(level(part(heard, at, at + 0.1)) for at in (0.2, 0.9, 1.4, 2.2)) > LOUD
    if made.is_film:
        assert made.after.film_seconds() == pytest.approx(seconds, abs=0.1)
        made.box_appears(BOX)


def faster(made: Made) -> None:
    """Twice as fast, at the same pitch."""
    made.lasts(SECONDS / 2)
    made.hears(0.1, 0.5, TONE)
    assert level(part(made.after.sound(), 0.7, 0.8)) < -40
    if made.is_film:
        made.box_appears(BOX / 2)


def mixed(made: Made) -> None:
    """The other tone comes in after half a second, beside its own."""
    made.lasts(SECONDS)
    made.hears(0.1, 0.4, TONE)
    made.hears(0.6, 1.1, TONE, OTHER)
    made.hears(PAUSE[0] + 0.1, PAUSE[1] - 0.1, OTHER)
    made.hears(2.6, 2.9, TONE)


def muted(made: Made) -> None:
    """Its pictures, copied, and nothing else."""
    made.lasts(SECONDS)
    assert (made.after.films, made.after.sounds) == (1, 0)
    assert made.after.codecs == made.before.codecs[:1], "it was copied"
    first, last = made.before.pictures(), made.after.pictures()
    assert len(first) == len(last)
    assert all((one == other).all() for (_, one), (_, other) in zip(first, last, strict=True))


def dubbed(made: Made) -> None:
    """The other tone in place of its own."""
    made.lasts(SECONDS)
    assert (made.after.films, made.after.sounds) == (1, 1)
    made.hears(0.1, 1.9, OTHER)
    assert level(part(made.after.sound(), 2.2, 2.9)) < GONE, "the new sound is shorter, and the rest is still"
    made.sees_all_quarters(0.5)


def written(made: Made) -> None:
    """Yellow words for a second, where x and y say."""
    made.lasts(SECONDS)
    for at, is_there in ((0.3, False), (1.5, True), (2.5, False)):
        # In the blue quarter nothing else is red or green; what is near its edges is smeared by the codec.
        picture = made.after.picture(at)[140:220, 10:130].astype(int)
        yellow = (picture[:, :, 0] > 120) & (picture[:, :, 1] > 120)
        assert bool(yellow.sum() > 100) == is_there, at
        if is_there:
            rows, columns = np.nonzero(yellow)
            assert 10 + (columns.min() + columns.max()) / 2 == pytest.approx(SIZE[0] / 4, abs=4)
            assert 140 + (rows.min() + rows.max()) / 2 == pytest.approx(SIZE[1] * 0.75, abs=8)
    made.sees_all_quarters(0.5)


def grey(made: Made) -> None:
    """Without colour, and lighter."""
    made.lasts(SECONDS)
    picture = made.after.picture(0.5).astype(int)
    assert (picture.max(axis=2) - picture.min(axis=2)).mean() < 8
    before = made.before.picture(0.5).astype(int).mean(axis=(0, 1)).mean()
    assert picture.mean() != pytest.approx(before, abs=3)
    made.hears(0.1, 1.1, TONE)


def turned(made: Made) -> None:
    """Clockwise."""
    made.lasts(SECONDS)
    assert made.after.size == (SIZE[1], SIZE[0])
    made.sees_all_quarters(0.5, (BLUE, RED, WHITE, GREEN))


def cropped(made: Made) -> None:
    """A part of the green quarter."""
    made.lasts(SECONDS)
    assert made.after.size == (150, 100)
    assert is_colour(made.after.picture(0.5).mean(axis=(0, 1)), GREEN)


def scaled(made: Made) -> None:
    """At half its size."""
    made.lasts(SECONDS)
    assert made.after.size == (160, 120)
    made.sees_all_quarters(0.5)


def shown(made: Made) -> None:
    """One moment of it."""
    assert made.result.content_type == "image/jpeg"
    assert made.after.size == SIZE
    made.sees_all_quarters(0)
    assert is_colour(middle(made.after.picture(0)), BLACK)
