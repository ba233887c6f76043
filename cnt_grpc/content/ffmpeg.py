"""FFmpeg: a program that cuts films, started under limits; whoever asked for the cut looks whether it is one."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import ffmpeg
import imageio_ffmpeg

FORMATS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
"""A playlist that calls itself a film would otherwise open the files of others."""

SECONDS: Final = 600
"""Longest run."""
_LIMITS: Final = ("--cpu=1200", f"--as={4 * 1024**3}", f"--fsize={10**9}", "--nofile=64", "--core=0")
_MOST_WORDS: Final = 2000


class FfmpegError(Exception):
    """It ended without success; says what it said."""


async def cut(source: Path, container: str, target: Path, *, start: int, end: int) -> None:
    """Cut the seconds from `start` to `end` out of a film into an mp4, exactly and in at most 720 lines.

    Exact cuts encode anew: a copied stream begins at a key frame, which may lie seconds away. Raises FfmpegError.
    """
    await _run(_arguments(source, container, target, start=start, end=end), target.parent)


def _arguments(source: Path, container: str, target: Path, *, start: int, end: int) -> list[str]:
    opened = ffmpeg.input(
        f"file:{source}",
        f=container,
        protocol_whitelist="file",
        format_whitelist=FORMATS,
        ss=start,
        t=end - start,
    )
    made: Any = ffmpeg.output(
        opened["v:0"],
        opened["a:0?"],
        str(target),
        vf="scale=-2:'min(720,trunc(ih/2)*2)',format=yuv420p",
        vcodec="libx264",
        preset="veryfast",
        crf=26,
        acodec="aac",
        audio_bitrate="128k",
        ac=2,
        threads=2,
        map_metadata=-1,
        movflags="+faststart",
        f="mp4",
    )
    command: list[str] = made.global_args("-nostdin", "-xerror", "-v", "error").compile(cmd=[*_limited(), _program()])
    return command


@cache
def _program() -> str:
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _limited() -> Sequence[str]:
    """What a Linux machine puts around a program: bounds, and an end when the worker ends."""
    bounds = ("prlimit", *_LIMITS) if shutil.which("prlimit") else ()
    tether = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
    return (*bounds, *tether)


async def _run(command: Sequence[str], folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(SECONDS):
            said = await process.stderr.read(_MOST_WORDS)
            # It may say more than anyone reads, and must not wait for a reader.
            while await process.stderr.read(_MOST_WORDS):
                pass
            status = await process.wait()
    except TimeoutError:
        raise FfmpegError("it took too long") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if status != 0:
        raise FfmpegError(f"ended with {status}: {said.decode(errors='replace').strip()}")
