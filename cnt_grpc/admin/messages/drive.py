"""Files at Google Drive, and imports from there: rows as messages."""

from typing import Final

from cnt_grpc import media
from cnt_grpc.admin.drive import DriveFile
from cnt_grpc.admin.rules.drive_imports import refusal_of
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.pb.cnt.admin.v1 import drive_pb2 as pb2

_STATUS: Final = {
    word: pb2.DriveImportStatus.Value(f"DRIVE_IMPORT_STATUS_{word.upper()}")
    for word in ("waiting", "copying", "examining", "done", "failed", "cancelled")
}
_LOST: Final = "it was given up after many tries: import it again"
_UNREADABLE: Final = "MEDIA_UNREADABLE"


def file(found: DriveFile, limits: media.Limits) -> pb2.DriveFile:
    """A file or folder."""
    message = pb2.DriveFile(
        file_id=found.file_id,
        name=found.name,
        content_type=found.content_type,
        size=found.size,
        is_folder=found.is_folder,
        can_import=refusal_of(found, limits) is None,
    )
    if found.modified_at is not None:
        set_time(message.modified_at, found.modified_at)
    return message


def drive_import(row: Row) -> pb2.DriveImport:
    """How far an import is."""
    error, words = row["error"], row["error_message"]
    if row["media_state"] == "failed":
        error, words = _UNREADABLE, "the file cannot be used"
    elif row["shown_status"] == "failed" and not error:
        words = words or _LOST
    message = pb2.DriveImport(
        import_id=row["id"],
        file_id=row["file_id"],
        name=row["name"],
        content_type=row["content_type"],
        size=row["size"],
        received=row["received"],
        status=_STATUS[row["shown_status"]],
        error=error,
        error_message=words,
        media_id=row["media_id"] or 0,
    )
    set_time(message.created_at, row["created_at"])
    if row["ended_at"] is not None:
        set_time(message.ended_at, row["ended_at"])
    return message
