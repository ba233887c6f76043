"""Edits against plain FFmpeg on the same files: what planning, walls, progress and checks cost.

A copy of a large film, with every packet read afterwards, may take 1.5 times as long as plain `ffmpeg -c copy`, and
0.3 s; FFmpeg's run in an encode 1.05 times as long as plain FFmpeg with the same settings, the check of it 0.15 times.
"""

import asyncio
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Final

import av

from bench.report import Promise
from cnt_grpc.editing.clip import Clip, Source
from cnt_grpc.editing.making import encoding
from cnt_grpc.editing.making.checking import check
from cnt_grpc.editing.making.desk import Desk
from cnt_grpc.editing.making.findings import Measured, Place
from cnt_grpc.editing.making.progress import Reader
from cnt_grpc.editing.operations import Filters, Operation, Output, RemoveAudio, Rotate, Speed, Trim
from cnt_grpc.editing.planning import Plan, plan
from cnt_grpc.media import ffmpeg, jail, sandbox

COPY: Final = 1.5
COPY_SECONDS: Final = 0.3
ENCODE: Final = 1.05
CHECK: Final = 0.15
ONE_ENCODE: Final = 1.6
"""Three steps against one, in the same edit: filters cost a little, a second encode would cost as much as the first."""
_CLIP_SECONDS: Final = 20
_ALIKE: Final = """
import os, sys
sys.path.insert(0, sys.argv[2])
import jail
jail.yield_to_others(int(sys.argv[1]))
os.execv(sys.argv[3], sys.argv[3:])
"""


def measure(*, megabytes: int, seconds: int, rounds: int) -> Iterable[Promise]:
    """A copy of a film of that size, and encodes of one that lasts so long."""
    folder = Path(mkdtemp(prefix="cnt-bench-"))
    try:
        yield from asyncio.run(_measure(folder, megabytes, seconds, rounds))
    finally:
        shutil.rmtree(folder)


async def _measure(folder: Path, megabytes: int, seconds: int, rounds: int) -> list[Promise]:
    sandbox.available()
    large, length = large_film(folder, megabytes)
    small = film(folder / "small.mp4", seconds)
    trim: list[Operation] = [Trim(5.0, length - 5.0, fast=True)]
    plain_trim = ["-ss", "5", "-t", f"{length - 10}", "-i", str(large), "-c", "copy", "-map", "0"]
    plain_mute = ["-i", str(large), "-c", "copy", "-map", "0:v"]
    found = [
        await _copy(f"fast trim of {megabytes} MB", large, _planned(trim, length), plain_trim, rounds),
        await _copy(f"remove_audio of {megabytes} MB", large, _planned([RemoveAudio()], length), plain_mute, rounds),
    ]
    return [*found, *await _encode(small, seconds, rounds)]


async def _copy(name: str, film: Path, planned: Plan, plain: Sequence[str], rounds: int) -> Promise:
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(await _timed(lambda: _plain([*plain, "-f", "mp4", "-movflags", "+faststart"], film)))

        async def edit() -> None:
            folder, made = await _ours(planned, film, encoding.copying(planned, Place("in0.mp4", "mov"), "made.mp4"))
            (folder / "checked").mkdir()
            await check(planned, made, folder / "checked")
            shutil.rmtree(folder)

        ours.append(await _timed(edit))
    bound = COPY * median(theirs) + COPY_SECONDS
    return Promise(
        f"{name}, with its check, against plain `ffmpeg -c copy`",
        f"{median(ours):.2f} s against {median(theirs):.2f} s",
        f"at most {bound:.2f} s",
        median(ours) <= bound,
    )


async def _encode(film: Path, seconds: int, rounds: int) -> list[Promise]:
    one = _planned([Filters(0.1, 1.1, 0.9)], float(seconds))
    three = _planned([Filters(0.1, 1.1, 0.9), Rotate(180), Speed(1.0)], float(seconds))
    plain = ["-i", str(film), "-vf", "format=yuv420p,eq=brightness=0.1:contrast=1.1:saturation=0.9,format=yuv420p"]
    plain += ["-c:v", "libx264", "-preset", "medium", "-crf", "23", "-c:a", "aac", "-b:a", "160k", "-f", "mp4"]
    theirs, ours, checks, threefold = [], [], [], []
    for _ in range(rounds):
        begun = _processor_seconds()
        await _plain([*plain, "-movflags", "+faststart"], film)
        theirs.append(_processor_seconds() - begun)
        took, checked = await _made(one, film)
        ours.append(took)
        checks.append(checked)
        threefold.append((await _made(three, film))[0])
    ratio, share, steps = (
        median(first / second for first, second in zip(left, right, strict=True))
        for left, right in ((ours, theirs), (checks, theirs), (threefold, ours))
    )
    return [
        Promise(
            "FFmpeg in an edit with a filter, against plain FFmpeg, in processor time",
            f"{ratio:.2f}",
            f"at most {ENCODE}",
            ratio <= ENCODE,
        ),
        Promise("the check of it, against plain FFmpeg", f"{share:.2f}", f"at most {CHECK}", share <= CHECK),
        Promise("three steps in one edit, against one", f"{steps:.2f}", f"at most {ONE_ENCODE}", steps <= ONE_ENCODE),
    ]


async def _made(planned: Plan, film: Path) -> tuple[float, float]:
    """Seconds of processor time that FFmpeg's run took, and the check: of the clock, others would take their share."""
    arguments = encoding.encoding(planned, {1: Place("in0.mp4", "mov")}, Measured(), "made.mp4")
    begun = _processor_seconds()
    folder, made = await _ours(planned, film, arguments)
    took = _processor_seconds() - begun
    (folder / "checked").mkdir()
    begun = _processor_seconds()
    await check(planned, made, folder / "checked")
    checked = _processor_seconds() - begun
    shutil.rmtree(folder)
    return took, checked


async def _ours(planned: Plan, film: Path, arguments: list[str]) -> tuple[Path, Path]:
    folder = Path(mkdtemp(prefix="cnt-bench-", dir=film.parent))
    (folder / "in0.mp4").hardlink_to(film)
    desk = Desk(folder, {1: Place("in0.mp4", "mov")}, asyncio.Event())
    await desk.run(arguments, hear=Reader(planned.result.seconds).hear)
    return folder, folder / "made.mp4"


def _planned(steps: Sequence[Operation], seconds: float) -> Plan:
    source = Source(1, "mp4", ("h264", "aac"), Clip(seconds, sound=True, film=True, width=1280, height=720))
    return plan(source, steps, {}, Output())


async def _plain(arguments: Sequence[str], film: Path) -> None:
    target = film.with_name("plain.mp4")
    command = [ffmpeg.program(), "-nostdin", "-v", "error", "-y", *arguments, str(target)]
    # As yielding as ours, in a session of its own as well: against other programs, niceness is a handicap that says
    # nothing of our cost.
    alike = [sys.executable, "-I", "-c", _ALIKE, str(sandbox.NICENESS), str(Path(jail.__file__).parent), *command]
    await asyncio.to_thread(subprocess.run, alike, check=True, start_new_session=True)
    target.unlink()


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


def _processor_seconds() -> float:
    """Of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def film(path: Path, seconds: int) -> Path:
    """A film of 720p with a tone, of 10 Mbit/s, and restless enough to be hard to encode."""
    picture = f"testsrc2=s=1280x720:r=30:d={seconds},noise=alls=20:allf=t"
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=440:d={seconds}"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "10M", "-g", "60", "-c:a", "aac"]
    subprocess.run([ffmpeg.program(), "-v", "error", *inputs, *codecs, str(path)], check=True)
    return path


def large_film(folder: Path, megabytes: int) -> tuple[Path, float]:
    """A film of that size, the same few seconds again and again; and its length."""
    seconds = min(_CLIP_SECONDS, megabytes)
    clip, large = film(folder / "clip.mp4", seconds), folder / "large.mp4"
    times = max(2, round(megabytes * 1_000_000 / clip.stat().st_size))
    loop = ["-stream_loop", str(times - 1), "-i", str(clip), "-c", "copy", str(large)]
    subprocess.run([ffmpeg.program(), "-v", "error", *loop], check=True)
    # Not clips times seconds: each clip adds some milliseconds of sound.
    with av.open(str(large)) as made:
        assert made.duration is not None
        return large, made.duration / av.time_base
