"""Speech without a speaker: pulses of a throat through the formants of vowels, with bursts of breath between them.

Nobody understands it, but a detector of voice activity takes it for what it is not: somebody who speaks.
"""

import numpy as np
from numpy.typing import NDArray

_VOWELS = ((730, 1090, 2440, 3400), (530, 1840, 2480, 3500), (270, 2290, 3010, 3700), (570, 840, 2410, 3300))
"""Formants of a, e, i and o in hertz, as Peterson and Barney measured them in men."""
_WIDTHS = (80, 90, 120, 170)
_SYLLABLE, _BREATH = 0.14, 0.06
"""Seconds."""

Samples = NDArray[np.float64]


def speech(rate: int, seconds: float = 1.6) -> bytes:
    """So much of it: 16-bit samples, one channel. The same each time."""
    chance = np.random.default_rng(7)
    parts: list[Samples] = []
    number = round(seconds / (_SYLLABLE + _BREATH))
    for syllable in range(number):
        pitch = 120 + 20 * np.sin(2 * np.pi * syllable / number)
        parts += _breath(rate, chance), _vowel(_VOWELS[syllable % len(_VOWELS)], pitch, rate, chance)
    sound = np.concatenate(parts)
    return bytes((sound / np.abs(sound).max() * 16_000).astype("<i2"))


def _breath(rate: int, chance: np.random.Generator) -> Samples:
    number = int(_BREATH * rate)
    return np.diff(chance.standard_normal(number), prepend=0) * 0.08 * np.hanning(number)


def _vowel(formants: tuple[int, ...], pitch: float, rate: int, chance: np.random.Generator) -> Samples:
    number = int(_SYLLABLE * rate)
    falling = pitch + np.linspace(8, -12, number)
    turn = np.cumsum(falling / rate) % 1.0
    # How far the vocal folds are open in each turn, after Rosenberg: they open slowly, close fast, and stay closed.
    flow = np.where(
        turn < 0.4,
        0.5 * (1 - np.cos(np.pi * turn / 0.4)),
        np.where(turn < 0.56, np.cos(np.pi * (turn - 0.4) / 0.32), 0.0),
    )
    sound = np.diff(flow, prepend=0.0) + 0.01 * chance.standard_normal(number)
    for formant, width in zip(formants, _WIDTHS, strict=True):
        sound = _resonance(sound, formant, width, rate)
    edge = np.minimum(np.arange(number) / (0.03 * rate), (number - np.arange(number)) / (0.04 * rate))
    voiced: Samples = sound / np.abs(sound).max() * np.minimum(1.0, edge)
    return voiced


def _resonance(sound: Samples, formant: float, width: float, rate: int) -> Samples:
    """What a tube makes of it that resonates at this frequency."""
    radius = np.exp(-np.pi * width / rate)
    first, second = 2 * radius * np.cos(2 * np.pi * formant / rate), -(radius**2)
    found, before, last = np.empty_like(sound), 0.0, 0.0
    for at, sample in enumerate(sound * (1 - first - second)):
        found[at] = sample + first * last + second * before
        before, last = last, found[at]
    return found
