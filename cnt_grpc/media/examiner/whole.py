"""Read one sound or film file from its first byte to its last, in a process of its own. Run as a script; imports none
of ours.

The request comes as JSON on stdin (path, container, read), the answer goes as JSON to stdout: the streams, or
{"refused": why}. `read` is how much: "head" opens the file, "packets" reads every packet and decodes both ends, which
is what a copy may have got wrong, "frames" decodes all, as after an encode.
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
from av.video.stream import VideoStream

DEMUXERS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mp3,wav,ogg,flac,aac"
DECODERS: Final = (
    "mp3float,mp3,aac,opus,libopus,vorbis,flac,alac,pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,pcm_alaw,"
    "pcm_mulaw,pcm_s16be,pcm_s24be,h264,hevc,vp8,vp9,libdav1d,av1,mpeg4,prores,mjpeg,png"
)
MOST_STREAMS: Final = 16
ENDS: Final = Fraction(1, 2)
"""Seconds that are decoded at each end."""
MOST_ENDS: Final = 300
"""Packets that are decoded of the beginning, at most, where they do not say when they are shown."""

Stream = AudioStream | VideoStream


def main() -> None:
    """Answer the one request."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: not to outlive the worker
    av.logging.set_level(None)
    request = json.load(sys.stdin)
    try:
        answer = examine(Path(request["path"]), request["container"], request["read"])
    except (av.FFmpegError, ValueError, EOFError) as error:
        _refuse(f"it cannot be read: {type(error).__name__}")
    json.dump(answer, sys.stdout)


class _Track:
    """One stream, as far as it was read."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.start: Fraction | None = None
        self.end = Fraction(0)
        self.packets = 0
        self.frames = 0

    def add_packet(self, pts: int | None, duration: int | None) -> None:
        self.packets += 1
        base = self.stream.time_base
        if pts is None or base is None:
            return
        self._span(pts * base, (duration or 0) * base)

    def add_frame(self, frame: Any) -> None:  # noqa: ANN401  (of sound or picture)
        self.frames += 1
        if frame.is_corrupt:
            _refuse("a part of it is damaged")
        if frame.pts is None or frame.time_base is None:
            return
        if isinstance(self.stream, AudioStream):
            self._span(frame.pts * frame.time_base, Fraction(frame.samples, frame.sample_rate))
        else:
            self._span(frame.pts * frame.time_base, (frame.duration or 0) * frame.time_base)

    def _span(self, at: Fraction, length: Fraction) -> None:
        self.start = at if self.start is None else min(self.start, at)
        self.end = max(self.end, at + length)

    def facts(self) -> dict[str, Any]:
        context = self.stream.codec_context
        found: dict[str, Any] = {
            "kind": self.stream.type,
            "codec": context.codec.canonical_name,
            "start": float(self.start or 0),
            "end": float(self.end),
            "packets": self.packets,
            "frames": self.frames,
        }
        if isinstance(self.stream, VideoStream):
            rate = self.stream.average_rate or Fraction(0)
            size = self.stream.codec_context
            found |= {"width": size.width, "height": size.height, "rate": float(rate)}
        return found


def examine(path: Path, container: str, read: str) -> dict[str, Any]:
    """What the file holds."""
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": DEMUXERS,
        "codec_whitelist": DECODERS,
        "max_streams": str(MOST_STREAMS),
    }
    with av.open(f"file:{path}", format=container, options=options, metadata_errors="replace") as media:
        found: list[Stream] = [*media.streams.audio, *media.streams.video]
        streams = [each for each in found if _is_known(each)]
        for each in streams:
            # The library hands the whitelist to what it opens itself, and not to the decoders that we ask it for.
            if read != "head" and each.codec_context.codec.name not in DECODERS.split(","):
                _refuse(f"it is encoded as {each.codec_context.codec.name}, which is not read here")
        tracks = {each.index: _Track(each) for each in streams}
        for each in streams:
            if isinstance(each, VideoStream):
                each.thread_type = "AUTO"
        if read == "frames":
            _decode(media, tracks)
        elif read == "packets":
            _demux(media, tracks)
            _decode_ends(media, tracks)
        stated = media.duration / av.time_base if media.duration else 0.0
        return {"seconds": stated, "streams": [track.facts() for track in tracks.values()]}


def _is_known(stream: Stream) -> bool:
    """Whether FFmpeg knows the stream's codec; to others it gives no context."""
    return getattr(stream, "codec_context", None) is not None


def _decode(media: InputContainer, tracks: dict[int, _Track]) -> None:
    for packet in media.demux([track.stream for track in tracks.values()]):
        track = tracks[packet.stream_index]
        track.packets += packet.size > 0
        for frame in packet.decode():
            track.add_frame(frame)


def _demux(media: InputContainer, tracks: dict[int, _Track]) -> None:
    for packet in media.demux([track.stream for track in tracks.values()]):
        if packet.size == 0:
            continue
        if packet.is_corrupt:
            _refuse("a part of it is damaged")
        tracks[packet.stream_index].add_packet(packet.pts, packet.duration)


def _decode_ends(media: InputContainer, tracks: dict[int, _Track]) -> None:
    for track in tracks.values():
        base = track.stream.time_base or Fraction(1)
        last = track.end - ENDS
        begun = (track.start or 0) + ENDS
        for at in (None, last) if last > ENDS else (None,):
            media.seek(0 if at is None else int(at / base), stream=track.stream)
            decoded = 0
            for packets, packet in enumerate(media.demux(track.stream)):
                decoded += len(packet.decode())
                if at is None and (packets > MOST_ENDS or (packet.pts is not None and packet.pts * base > begun)):
                    break
            if not decoded:
                _refuse(f"its {track.stream.type} cannot be decoded")
            track.frames += decoded
            track.stream.codec_context.flush_buffers()


def _refuse(why: str) -> NoReturn:
    json.dump({"refused": why}, sys.stdout)
    sys.stdout.flush()
    raise SystemExit(0)


if __name__ == "__main__":
    main()
