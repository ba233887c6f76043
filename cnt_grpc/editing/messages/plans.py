"""What the contract says of an edit's steps, as plain values with every default filled in."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from cnt_grpc.editing import operations as plain
from cnt_grpc.editing.operations import Alignment, Format, Operation, Quality
from cnt_grpc.kit.rpc.multipart import file_name
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2, editing_service_pb2, jobs_pb2, operation_pb2

FORMATS: Final[Mapping[int, Format | None]] = {
    edit_pb2.OUTPUT_FORMAT_UNSPECIFIED: None,
    edit_pb2.OUTPUT_FORMAT_MP4: Format.MP4,
    edit_pb2.OUTPUT_FORMAT_WEBM: Format.WEBM,
    edit_pb2.OUTPUT_FORMAT_MP3: Format.MP3,
    edit_pb2.OUTPUT_FORMAT_M4A: Format.M4A,
    edit_pb2.OUTPUT_FORMAT_WAV: Format.WAV,
}
QUALITIES: Final[Mapping[int, Quality]] = {
    edit_pb2.OUTPUT_QUALITY_UNSPECIFIED: Quality.MEDIUM,
    edit_pb2.OUTPUT_QUALITY_LOW: Quality.LOW,
    edit_pb2.OUTPUT_QUALITY_MEDIUM: Quality.MEDIUM,
    edit_pb2.OUTPUT_QUALITY_HIGH: Quality.HIGH,
}


def packed(asked: editing_service_pb2.CreateEditRequest) -> bytes:
    """An edit's steps and output as its row keeps them."""
    return jobs_pb2.EditPlan(operations=asked.operations, output=asked.output).SerializeToString()


def unpacked(plan: bytes) -> jobs_pb2.EditPlan:
    """The same back."""
    return jobs_pb2.EditPlan.FromString(plan)


def steps(plan: jobs_pb2.EditPlan) -> list[Operation]:
    """The steps."""
    return [step(each) for each in plan.operations]


def step(operation: operation_pb2.Operation) -> Operation:
    """One step."""
    kind = operation.WhichOneof("operation")
    assert kind is not None, "the contract requires one"
    return _STEPS[kind](getattr(operation, kind))


def output(given: edit_pb2.Output) -> plain.Output:
    """The form of the result."""
    return plain.Output(FORMATS[given.format], QUALITIES[given.quality], file_name(given.filename))


def _or(message: Any, name: str, default: float) -> float:  # noqa: ANN401  (any of the messages)
    return float(getattr(message, name)) if message.HasField(name) else default


_ALIGNMENTS: Final[Mapping[int, Alignment]] = {
    operation_pb2.TEXT_ALIGNMENT_UNSPECIFIED: Alignment.CENTER,
    operation_pb2.TEXT_ALIGNMENT_LEFT: Alignment.LEFT,
    operation_pb2.TEXT_ALIGNMENT_CENTER: Alignment.CENTER,
    operation_pb2.TEXT_ALIGNMENT_RIGHT: Alignment.RIGHT,
}


def _overlay(it: operation_pb2.TextOverlay) -> plain.TextOverlay:
    return plain.TextOverlay(
        text=it.text,
        start=it.start,
        end=it.end,
        x=_or(it, "x", 0.5),
        y=_or(it, "y", 0.5),
        font=it.font,
        font_size=it.font_size,
        color=_colour(it.color) or (255, 255, 255),
        background_color=_colour(it.background_color),
        alignment=_ALIGNMENTS[it.alignment],
        opacity=_or(it, "opacity", 1.0),
    )


def _colour(text: str) -> plain.Colour | None:
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)) if text else None


_STEPS: Final[Mapping[str, Callable[[Any], Operation]]] = {
    "trim": lambda it: plain.Trim(it.start, it.end, fast=it.mode == operation_pb2.TRIM_MODE_FAST),
    "merge": lambda it: plain.Merge(tuple(it.media_ids), it.crossfade),
    "fade_in": lambda it: plain.FadeIn(it.duration, it.picture),
    "fade_out": lambda it: plain.FadeOut(it.duration, it.picture),
    "volume": lambda it: plain.Volume(it.gain_db),
    "loudness": lambda it: plain.Loudness(_or(it, "target_lufs", -16.0)),
    "remove_silence": lambda it: plain.RemoveSilence(_or(it, "threshold_db", -50.0), _or(it, "min_duration", 0.5)),
    "remove_audio": lambda _: plain.RemoveAudio(),
    "add_audio": lambda it: plain.AddAudio(it.media_id, it.gain_db, it.offset),
    "replace_audio": lambda it: plain.ReplaceAudio(it.media_id, loops=it.fit == operation_pb2.AUDIO_FIT_LOOP),
    "filters": lambda it: plain.Filters(
        _or(it, "brightness", 0.0), _or(it, "contrast", 1.0), _or(it, "saturation", 1.0)
    ),
    "rotate": lambda it: plain.Rotate(it.degrees),
    "crop": lambda it: plain.Crop(it.x, it.y, it.width, it.height),
    "scale": lambda it: plain.Scale(it.width, it.height),
    "speed": lambda it: plain.Speed(it.factor),
    "thumbnail": lambda it: plain.Thumbnail(it.at),
    "text_overlays": lambda it: plain.TextOverlays(tuple(_overlay(each) for each in it.overlays)),
}
