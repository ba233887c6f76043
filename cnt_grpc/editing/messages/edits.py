"""Rows of edits and versions as messages."""

from typing import Any, Final

from cnt_grpc import media
from cnt_grpc.editing.messages import plans
from cnt_grpc.editing.stages import Stage
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from cnt_grpc.pb.cnt.editing.v1.reason import Reason

_STATES: Final = {
    "queued": edit_pb2.EDIT_STATE_QUEUED,
    "running": edit_pb2.EDIT_STATE_RUNNING,
    "done": edit_pb2.EDIT_STATE_DONE,
    "failed": edit_pb2.EDIT_STATE_FAILED,
    "cancelled": edit_pb2.EDIT_STATE_CANCELLED,
}
_STAGES: Final = {
    Stage.FETCHING: edit_pb2.EDIT_STAGE_FETCHING,
    Stage.MEASURING: edit_pb2.EDIT_STAGE_MEASURING,
    Stage.MAKING: edit_pb2.EDIT_STAGE_MAKING,
    Stage.CHECKING: edit_pb2.EDIT_STAGE_CHECKING,
    Stage.STORING: edit_pb2.EDIT_STAGE_STORING,
}
_COMPLETE: Final = 100


def edit(row: Row, urls: media.Urls, slots: int) -> edit_pb2.Edit:
    """An edit, for its owner; `slots` edits run at once."""
    plan = plans.unpacked(row["plan"])
    shown = edit_pb2.Edit(
        edit_id=row["id"],
        media_id=row["media_id"],
        operations=plan.operations,
        output=plan.output,
        progress=progress(row, urls, slots),
        attempts=row["tries"],
    )
    set_time(shown.created_at, row["created_at"])
    if row["finished_at"] is not None:
        set_time(shown.finished_at, row["finished_at"])
    return shown


def progress(row: Row, urls: media.Urls, slots: int) -> edit_pb2.EditProgress:
    """How far an edit is."""
    state = row["shown_state"]
    shown = edit_pb2.EditProgress(state=_STATES[state], percent=row["progress"])
    match state:
        case "queued":
            shown.stage = edit_pb2.EDIT_STAGE_WAITING
            shown.queue_position = row["position"]
            # Those before it and it itself, so many at a time, as long as others took lately.
            shown.eta_seconds = round(float(row["typical_seconds"]) * -(-(row["position"] + slots) // slots))
        case "running":
            shown.stage = _STAGES.get(row["stage"], edit_pb2.EDIT_STAGE_FETCHING)
            shown.speed = row["speed"]
            shown.eta_seconds = -(-row["eta_ms"] // 1000)
        case "done":
            shown.percent = _COMPLETE
            shown.result.CopyFrom(file(row, urls))
        case "failed":
            # An edit whose job is gone, or failed without a word of ours, was interrupted at each try.
            shown.error.reason = row["reason"] or Reason.EDIT_INTERRUPTED
            shown.error.message = row["message"] or row["job_error"] or "each try was interrupted"
    return shown


def state(name: str) -> edit_pb2.EditState.ValueType:
    """What has become of something, by its name in the database."""
    return _STATES[name]


def file(row: Row, urls: media.Urls) -> edit_pb2.EditedFile:
    """What an edit has made."""
    found = edit_pb2.EditedFile(version=row["version"] or 0, **_file(row, urls))
    if row["actual_start_ms"] is not None:
        found.actual_start = row["actual_start_ms"] / 1000
    return found


def version(row: Row, urls: media.Urls) -> edit_pb2.EditVersion:
    """One of the forms that a file has had."""
    shown = edit_pb2.EditVersion(
        version=row["number"],
        file=edit_pb2.EditedFile(version=row["number"], **_file(row, urls)),
        edit_id=row["edit_id"] or 0,
        made_of=row["made_of"],
        in_use=row["in_use"],
    )
    set_time(shown.created_at, row["created_at"])
    return shown


def _file(row: Row, urls: media.Urls) -> dict[str, Any]:
    return {
        "media_id": row["made_id"],
        "url": urls.of(row["made_key"], row["made_visibility"]),
        "file_path": row["made_key"],
        "filename": row["made_filename"],
        "content_type": row["made_content_type"],
        "size": row["made_size"],
        "duration_ms": row["made_duration_ms"] or 0,
        "width": row["made_width"] or 0,
        "height": row["made_height"] or 0,
    }
