"""The last part of FFmpeg's arguments: codecs, containers, and what is copied as it is."""

from collections.abc import Mapping
from typing import Any, Final

import ffmpeg

from cnt_grpc import media
from cnt_grpc.editing.making.findings import Measured, Place
from cnt_grpc.editing.making.graph import Graph
from cnt_grpc.editing.operations import Format, Quality, Trim
from cnt_grpc.editing.planning import Plan

_CRF: Final = {Quality.LOW: 28, Quality.MEDIUM: 23, Quality.HIGH: 18}
_CRF_VP9: Final = {Quality.LOW: 38, Quality.MEDIUM: 32, Quality.HIGH: 24}

_SOUND: Final[Mapping[Format, Mapping[str, object]]] = {
    Format.MP4: {"acodec": "aac", "audio_bitrate": "160k"},
    Format.WEBM: {"acodec": "libopus", "audio_bitrate": "128k"},
    Format.MP3: {"acodec": "libmp3lame", "audio_bitrate": "192k"},
    Format.M4A: {"acodec": "aac", "audio_bitrate": "192k"},
    Format.WAV: {"acodec": "pcm_s16le"},
}
_CONTAINER: Final[Mapping[str, Mapping[str, object]]] = {
    "mp4": {"f": "mp4", "movflags": "+faststart"},
    "m4a": {"f": "ipod", "movflags": "+faststart"},
    "mov": {"f": "mov", "movflags": "+faststart"},
    "webm": {"f": "webm"},
    "mkv": {"f": "matroska"},
    "mp3": {"f": "mp3"},
    "wav": {"f": "wav"},
    "flac": {"f": "flac"},
    "ogg": {"f": "ogg"},
    "aac": {"f": "adts"},
    "jpg": {"f": "image2", "update": 1},
}
_BARE: Final = {"map_metadata": -1, "map_chapters": -1}
"""What phones write beside the sound and the picture: where and with what it was recorded."""

PROGRESS: Final = {"progress": "pipe:1", "stats_period": 0.25}


def copying(plan: Plan, place: Place, target: str) -> list[str]:
    """Arguments that copy packets: the part between two moments, with or without the sound."""
    options: dict[str, object] = {}
    for step in plan.steps:
        if isinstance(step.operation, Trim):
            options = {"ss": step.operation.start, "t": step.after.seconds}
    opened = media.ffmpeg.opened(place.name, place.container, **options)
    kept = [opened["v:0"]] * plan.result.film + [opened["a:0"]] * plan.result.sound
    made = ffmpeg.output(
        *kept, f"file:{target}", c="copy", avoid_negative_ts="make_zero", **_BARE, **_CONTAINER[plan.extension]
    )
    return media.ffmpeg.arguments(made.global_args(*_flags(PROGRESS)))


def encoding(plan: Plan, places: Mapping[int, Place], measured: Measured, target: str) -> list[str]:
    """Arguments that do every step in one encode."""
    graph = Graph(plan, places, measured).build()
    options: dict[str, object] = {**_BARE, **_CONTAINER[plan.extension]}
    streams: list[Any] = []
    if plan.format is Format.JPG:
        assert graph.film is not None, "planned"
        return media.ffmpeg.arguments(
            ffmpeg.output(graph.film, f"file:{target}", **options, vframes=1, **{"q:v": 3}).global_args(
                *_flags(PROGRESS)
            )
        )
    if plan.result.film:
        assert graph.film is not None, "planned"
        if plan.copies_film:
            streams.append(graph.film)
            options["vcodec"] = "copy"
        else:
            streams.append(_even(graph.film, plan))
            options |= _film(plan)
    if plan.result.sound:
        streams.append(graph.sound)
        options |= _SOUND[plan.format]
    made = ffmpeg.output(*streams, f"file:{target}", **options)
    return media.ffmpeg.arguments(made.global_args(*_flags(PROGRESS)))


def _film(plan: Plan) -> dict[str, object]:
    if plan.format is Format.WEBM:
        crf = _CRF_VP9[plan.output.quality]
        return {"vcodec": "libvpx-vp9", "crf": crf, "b:v": 0, "deadline": "good", "cpu-used": 4, "row-mt": 1}
    return {"vcodec": "libx264", "preset": "medium", "crf": _CRF[plan.output.quality]}


def _even(film: Any, plan: Plan) -> Any:  # noqa: ANN401  (a stream of ffmpeg-python)
    """In pairs of pixels, as the codecs want them."""
    result = plan.result
    if result.width % 2 or result.height % 2:
        film = film.filter("crop", result.width // 2 * 2, result.height // 2 * 2, 0, 0)
    return film.filter("format", "yuv420p")


def _flags(options: Mapping[str, object]) -> list[str]:
    return [word for name, value in options.items() for word in (f"-{name}", str(value))]
