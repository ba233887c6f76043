"""FFmpeg, the program that makes sound and film of others: the one way in which the product runs it.

await ffmpeg.run(arguments, folder, inputs=["in0.mp4"], hear=progress, stop=run.cancelled)

It runs behind the walls of `sandbox.py` in a folder that holds all it may read, and every input is opened with the
demuxer that the server chose (`opened`): a playlist that calls itself a film opens nothing. An exit status of 0 does
not mean that what it made is whole: whoever asked for it looks.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import ffmpeg
import imageio_ffmpeg

from cnt_grpc.kit.jobs import Interrupted
from cnt_grpc.media import sandbox
from cnt_grpc.media.sandbox import Bounds, Command

DEMUXERS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mp3,wav,ogg,flac,aac"
DECODERS: Final = (
    "mp3float,mp3,aac,opus,libopus,vorbis,libvorbis,flac,alac,pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,"
    "pcm_alaw,pcm_mulaw,pcm_s16be,pcm_s24be,h264,hevc,vp8,vp9,libvpx,libvpx-vp9,libdav1d,av1,mpeg4,prores,mjpeg,png"
)
PICTURES: Final = "png_pipe"
"""The demuxer of pictures that we have drawn ourselves."""

_WORDS: Final = 2000
"""Bytes of what it says that are kept of the beginning, which names the cause, and of the end."""
_PIECE: Final = 64 * 1024


class FfmpegError(Exception):
    """It ended without success."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"ended with {status}: {said}")
        self.status = status
        """Below 0 the signal that killed it."""
        self.said = said


class KilledError(FfmpegError, Interrupted):
    """It was killed by somebody else: an operator, or the kernel for want of memory."""


class TookTooLongError(FfmpegError):
    """It was ended because its time was up."""


class StoppedError(Exception):
    """It was ended because whoever asked for it wants it no more."""


def opened(name: str, container: str, **options: object) -> Any:  # noqa: ANN401  (ffmpeg-python has no types)
    """An input of a graph: a file of the folder, to be read by the demuxer that its type names."""
    whitelist = container if container == PICTURES else DEMUXERS
    return ffmpeg.input(
        f"file:{name}",
        f=container,
        protocol_whitelist="file",
        format_whitelist=whitelist,
        codec_whitelist=DECODERS,
        **options,
    )


def thrown_away(stream: Any) -> Any:  # noqa: ANN401
    """An output that nobody wants: only what filters say on the way counts."""
    return ffmpeg.output(stream, "-", f="null")


def arguments(output: Any, *, level: str = "error") -> list[str]:  # noqa: ANN401
    """What is to be made, as arguments; `level` is how much FFmpeg says."""
    plain = ("-nostdin", "-xerror", "-hide_banner", "-nostats", "-v", level)
    command: list[str] = output.global_args(*plain).compile(cmd=[])
    return command


async def run(
    arguments: Sequence[str],
    folder: Path,
    *,
    inputs: Sequence[str] = (),
    bounds: Bounds | None = None,
    hear: Callable[[bytes], None] | None = None,
    listen: Callable[[bytes], None] | None = None,
    stop: asyncio.Event | None = None,
) -> str:
    """Run it to its end; the end of what it said.

    `hear` gets what it writes to stdout, piece by piece, and `listen` all that it says (to stderr).

    Raises FfmpegError (KilledError and TookTooLongError are such), and StoppedError when `stop` is set meanwhile; then
    the program is gone.
    """
    bounds = bounds or Bounds()
    process = await sandbox.start(Command(program(), arguments, folder, inputs, bounds))
    assert process.stdout is not None
    assert process.stderr is not None
    said = bytearray()

    def heed(piece: bytes) -> None:
        _keep(said, piece)
        if listen is not None:
            listen(piece)

    work = asyncio.gather(_read(process.stdout, hear), _read(process.stderr, heed))
    stopped = asyncio.create_task(stop.wait()) if stop is not None else None
    try:
        waited: set[asyncio.Future[Any]] = {work} if stopped is None else {work, stopped}
        done, _ = await asyncio.wait(waited, timeout=bounds.seconds, return_when=asyncio.FIRST_COMPLETED)
        if stopped is not None and stopped in done:
            raise StoppedError
        if work not in done:
            raise TookTooLongError(0, f"it took longer than {bounds.seconds} s")
        work.result()
        status = await process.wait()
    finally:
        if stopped is not None:
            stopped.cancel()
        await sandbox.end(process)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
    words = said.decode(errors="replace").strip()
    if status == -signal.SIGKILL:
        raise KilledError(status, words)
    if status != 0:
        raise FfmpegError(status, words)
    return words


@cache
def program() -> str:
    """Where it is."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


async def _read(stream: asyncio.StreamReader, hear: Callable[[bytes], None] | None) -> None:
    while piece := await stream.read(_PIECE):
        if hear is not None:
            hear(piece)


def _keep(said: bytearray, piece: bytes) -> None:
    said += piece
    del said[_WORDS:-_WORDS]
