"""Examine one sound or film file, in a process of its own that may die of it. Run as a script; imports none of ours.

The request comes as JSON on stdin (path, container, kind, thumbnail, at_ms), the answer goes as JSON to stdout: facts,
or {"refused": why}. Anything else, a crash or silence, means that the file broke the reader. The parent has set the
limits on memory, time and files by the time it sends the request.

FFmpeg reads what the parent says the container is, and nothing else: no format is guessed from the bytes, no playlist
is followed, and the only protocol is the local file.
"""

from __future__ import annotations  # Packet[Any] exists for type checkers alone

import contextlib
import ctypes
import json
import signal
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, NoReturn

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import Image

DEMUXERS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mp3,wav,ogg,flac,aac"
DECODERS: Final = (
    "mp3float,mp3,aac,opus,libopus,vorbis,flac,alac,pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,pcm_alaw,"
    "pcm_mulaw,pcm_s16be,pcm_s24be,h264,hevc,vp8,vp9,libdav1d,av1,mpeg4,prores,mjpeg,png"
)
MOST_STREAMS: Final = 16
LONGEST: Final = 7 * 24 * 3600
"""Seconds: longer than any recording, and short enough for every number that counts milliseconds."""
LARGE: Final = 512 * 1024 * 1024
"""Bytes above which a film's middle is not read: its index says where the end is, and the end is checked."""
BEGINNING: Final = 500
"""Packets of a large film that are read at its start."""
TAIL: Final = 15
"""Seconds of a large film that are read at its end."""
TOLERANCE: Final = Fraction(1, 2)
"""Seconds (and a fiftieth of its length) by which a film may end before its index says and still counts as whole."""
THUMBNAIL: Final = 640
"""Pixels of the longer side."""

Seconds = Fraction


def main() -> None:
    """Answer the one request."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: not to outlive the worker
    av.logging.set_level(None)
    request = json.load(sys.stdin)
    try:
        answer = examine(
            Path(request["path"]), request["container"], request["kind"], request["thumbnail"], request["at_ms"]
        )
    except (av.FFmpegError, ValueError, EOFError):
        _refuse("it cannot be read: it is damaged or not what it seems")
    json.dump(answer, sys.stdout)


def examine(path: Path, container: str, kind: str, thumbnail: str | None, at_ms: int | None) -> dict[str, Any]:
    """The facts about the file."""
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": DEMUXERS,
        "codec_whitelist": DECODERS,
        "max_streams": str(MOST_STREAMS),
    }
    with av.open(f"file:{path}", format=container, options=options, metadata_errors="replace") as media:
        sound, film = _streams(media)
        if kind == "audio" and film is not None:
            _refuse("it holds moving pictures: upload it as a video")
        if kind == "audio" and sound is None:
            _refuse("it holds no sound")
        if kind == "video" and film is None:
            _refuse("it holds no moving pictures")
        for each in (film, sound):
            # The library hands the whitelist to what it opens itself, and not to the decoders that we ask it for.
            if each is not None and each.codec_context.codec.name not in DECODERS.split(","):
                _refuse(f"it is encoded as {each.codec_context.codec.name}, which is not read here")
        seconds = _duration(media, path, [each for each in (sound, film) if each is not None])
        facts: dict[str, Any] = {
            "duration_ms": round(seconds * 1000),
            "codecs": [_codec(each) for each in (film, sound) if each is not None],
        }
        if film is not None:
            facts |= _picture(media, film, seconds, thumbnail, at_ms)
        return facts


def _streams(media: InputContainer) -> tuple[AudioStream | None, VideoStream | None]:
    """The first stream of sound and the first of moving pictures; covers and preview pictures are neither."""
    sounds = [each for each in media.streams.audio if _codec(each)]
    films = [
        each
        for each in media.streams.video
        if _codec(each) not in {"", "mjpeg", "png"} and not each.disposition & Disposition.attached_pic
    ]
    return next(iter(sounds), None), next(iter(films), None)


def _codec(stream: AudioStream | VideoStream) -> str:
    """The name of the stream's codec; "" for one that FFmpeg does not know, to which it gives no context."""
    context = getattr(stream, "codec_context", None)
    return context.codec.canonical_name if context is not None else ""


class _Span:
    """Where one stream begins and ends, as its packets say."""

    def __init__(self) -> None:
        self.start: Seconds | None = None
        self.end = Seconds(0)
        self._heard_from = Seconds(0)

    def add(self, packet: Packet[Any], *, trims_end: bool) -> None:
        if packet.pts is None or packet.time_base is None:
            return
        at, length = packet.pts * packet.time_base, (packet.duration or 0) * packet.time_base
        skipped, discarded = _skipped(packet)
        # A run-up may be longer than its packet: at 8 kHz that of an mp3 takes two.
        self._heard_from = max(self._heard_from, at + skipped) if skipped else self._heard_from
        begins = max(at + skipped, self._heard_from)
        if self.start is None or begins < self.start:
            # An encoder's run-up lies before zero and is never heard, whether or not the file says how long it is.
            self.start = max(begins, Seconds(0)) if at <= 0 else begins
        self.end = max(self.end, at + length - (discarded if trims_end else 0))


def _skipped(packet: Packet[Any]) -> tuple[Seconds, Seconds]:
    """Seconds of sound that decoders throw away at the packet's start and end (AV_PKT_DATA_SKIP_SAMPLES: two u32le)."""
    rate = packet.stream.codec_context.sample_rate if isinstance(packet.stream, AudioStream) else 0
    if not rate or not packet.has_sidedata("skip_samples"):
        return Seconds(0), Seconds(0)
    data = bytes(packet.get_sidedata("skip_samples"))
    return Seconds(int.from_bytes(data[:4], "little"), rate), Seconds(int.from_bytes(data[4:8], "little"), rate)


def _duration(media: InputContainer, path: Path, streams: list[AudioStream | VideoStream]) -> Seconds:
    """Seconds from the first to the last packet: headers lie (a VBR mp3 without one is guessed from its bit rate)."""
    indexed = media.format.name.startswith(("mov", "matroska"))
    stated = Seconds(media.duration, av.time_base) if media.duration else Seconds(0)
    spans = {each.index: _Span() for each in streams}
    jumps = indexed and path.stat().st_size > LARGE and stated > 2 * TAIL
    # FFmpeg cuts the last packet's length itself, except in mp3.
    trims_end = media.format.name == "mp3"
    damaged = False
    for number, packet in enumerate(media.demux(*streams)):
        if packet.size == 0:
            continue
        damaged = damaged or packet.is_corrupt
        spans[packet.stream_index].add(packet, trims_end=trims_end)
        if jumps and number == BEGINNING:
            media.seek(int((stated - TAIL) * av.time_base) + (media.start_time or 0))
    starts = [each.start for each in spans.values() if each.start is not None]
    if not starts:
        _refuse("it holds nothing to play")
    seconds = max(each.end for each in spans.values()) - min(starts)
    if indexed and (stated - seconds > TOLERANCE + stated / 50 or (damaged and media.format.name.startswith("mov"))):
        _refuse("it breaks off before its end")
    if not 0 < seconds <= LONGEST:
        _refuse("it has no length that makes sense")
    return seconds


def _picture(
    media: InputContainer, film: VideoStream, seconds: Seconds, thumbnail: str | None, at_ms: int | None
) -> dict[str, Any]:
    """Width and height as they are shown, and a still at 45 s or a tenth of the length, whichever is less."""
    width, height, turned = film.codec_context.width, film.codec_context.height, 0
    made = None
    film.thread_type = "NONE"
    wanted = Seconds(at_ms, 1000) if at_ms is not None else None
    media.seek(int((min(Seconds(45), seconds / 10) if wanted is None else min(wanted, seconds)) * av.time_base))
    shown = None
    for frame in media.decode(film):
        shown = frame
        # A place is found by key frames: from there on it is decoded to the moment asked for, or to the end.
        if wanted is None or frame.pts is None or frame.time_base is None or frame.pts * frame.time_base >= wanted:
            break
    if shown is None:
        _refuse("its pictures cannot be read")
    width, height, turned = shown.width, shown.height, shown.rotation % 360
    if thumbnail is not None:
        still: Image.Image = shown.to_image()  # type: ignore[no-untyped-call]
        still = still.rotate(turned, expand=True)
        still.thumbnail((THUMBNAIL, THUMBNAIL))
        still.save(thumbnail, "JPEG", quality=82, optimize=True)
        made = {"width": still.width, "height": still.height}
    if turned in {90, 270}:
        width, height = height, width
    return {"width": width, "height": height, "thumbnail": made}


def _refuse(why: str) -> NoReturn:
    json.dump({"refused": why}, sys.stdout)
    sys.stdout.flush()
    raise SystemExit(0)


if __name__ == "__main__":
    main()
