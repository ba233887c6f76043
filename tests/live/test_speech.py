"""Voice activity: Silero, which is part of the agent, hears where speech begins and ends, and takes no tone for it."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from livekit.agents import inference
from livekit.agents.vad import VADEventType

from livekit import rtc
from tests.harness.speech import speech

RATE = 16_000
STEP = RATE // 50
SECOND = bytes(RATE * 2)


async def heard(sound: bytes) -> list[tuple[VADEventType, float]]:
    """Where speech begins and ends in a sound, in seconds."""
    found: list[tuple[VADEventType, float]] = []
    stream = inference.VAD(model="silero").stream()

    async def listen() -> None:
        async for event in stream:
            if event.type is not VADEventType.INFERENCE_DONE:
                found.append((event.type, event.timestamp))  # noqa: PERF401  (as it comes)

    listening = asyncio.create_task(listen())
    for start in range(0, len(sound) - STEP * 2 + 1, STEP * 2):
        stream.push_frame(rtc.AudioFrame(sound[start : start + STEP * 2], RATE, 1, STEP))
        await asyncio.sleep(0)
    stream.end_input()
    await asyncio.wait_for(listening, 30)
    await stream.aclose()
    return found


async def test_where_speech_begins_and_ends() -> None:
    (first, begins), (last, ends) = await heard(SECOND + speech(RATE) + SECOND)
    assert (first, last) == (VADEventType.START_OF_SPEECH, VADEventType.END_OF_SPEECH)
    assert 1.0 <= begins < 1.5
    assert 2.6 <= ends < 3.6


@pytest.mark.parametrize("kind", ["tone", "noise", "silence"])
async def test_what_is_no_speech(kind: str) -> None:
    at = np.arange(RATE * 2)
    noise = np.random.default_rng(1).standard_normal(len(at)) * 3000
    sounds = {"tone": np.sin(at * 2 * np.pi * 440 / RATE) * 12_000, "noise": noise, "silence": at * 0.0}
    assert await heard(sounds[kind].astype("<i2").tobytes()) == []
