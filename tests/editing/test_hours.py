"""Files of hours: waveforms, edits and histories of them take no more memory than those of minutes.

With CNT_EDITING_FULL=1 an hour is encoded as well, which takes some minutes.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from cnt_grpc.media.sniff import Kind
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from tests.editing import studio
from tests.editing.test_matrix import FULL
from tests.harness.api import Api
from tests.harness.world import Person, World

HOURS = 2
SAMPLES = HOURS * 3600 * 8000 * 2
"""Bytes of its sound, decoded as waveforms want it: 115 MB."""
OF_OURS, OF_PROGRAMS = 30_000_000, 260_000_000
"""Bytes that this process may grow by, and that one of the programs that it starts may take."""


@dataclass
class Peak:
    """Bytes of memory, at the most."""

    grown: int = 0
    """Of this process, beyond what it had."""
    largest: int = 0
    """Of one of those that it started."""


def resident(entry: Path) -> int:
    """Bytes of memory that a process holds; what it shares with others counts as well."""
    return int((entry / "statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def children() -> list[Path]:
    """What this process has started and what still runs."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == os.getpid():
                found.append(entry)
        except OSError:
            continue
    return found


@asynccontextmanager
async def watched() -> AsyncIterator[Peak]:
    """What is held while the block runs, looked at again and again; programs that ran before do not count."""
    peak, before, old = Peak(), resident(Path("/proc/self")), {entry.name for entry in children()}

    async def look() -> None:
        while True:
            peak.grown = max(peak.grown, resident(Path("/proc/self")) - before)
            for entry in children():
                try:
                    peak.largest = max(peak.largest, 0 if entry.name in old else resident(entry))
                except OSError:
                    continue
            await asyncio.sleep(0.05)

    looking = asyncio.create_task(look())
    try:
        yield peak
    finally:
        looking.cancel()


async def long_sound(world: World, who: Person) -> int:
    """Two hours of a tone."""
    graph = f"sine=frequency=440:duration={HOURS * 3600}:sample_rate=8000"
    return await studio.drawn(world, who, graph, Kind.AUDIO, "hours.mp3", "-b:a", "16k")


async def test_a_waveform_of_hours(world: World, api: Api) -> None:
    ann = await world.user()
    sound = await long_sound(world, ann)
    async with watched() as peak:
        found = await api.as_(ann).editing.GetWaveform(media_id=sound, points=8192, timeout=75)
    assert found.state == edit_pb2.EDIT_STATE_DONE
    assert len(found.peaks) == pytest.approx(8192, abs=8)
    assert peak.grown < OF_OURS < SAMPLES / 3
    assert 0 < peak.largest < OF_PROGRAMS


async def test_a_history_of_hours(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann)
    sound = await long_sound(world, ann)
    # FFmpeg's encode of an hour goes through the same pipe as its copy.
    step = {"trim": {"start": 60, "end": 3660, "mode": "TRIM_MODE_EXACT" if FULL else "TRIM_MODE_FAST"}}
    async with watched() as peak:
        last = await studio.edited(mine, sound, step, seconds=900)
        [edit] = (await mine.editing.ListEdits()).edits
        versions = (await mine.editing.ListEditVersions(edit_id=edit.edit_id)).versions
        undone = await mine.editing.UseEditVersion(edit_id=edit.edit_id, version=0)
    assert last.result.duration_ms == pytest.approx(3_600_000, abs=100)
    assert [each.file.duration_ms for each in versions] == [
        last.result.duration_ms,
        pytest.approx(HOURS * 3_600_000, abs=200),
    ]
    assert undone.version.file.media_id == sound
    assert peak.grown < OF_OURS
    assert 0 < peak.largest < OF_PROGRAMS
