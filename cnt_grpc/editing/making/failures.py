"""Why an edit cannot be made, in a reason of the contract and words for its owner."""

from typing import Final

from cnt_grpc import media
from cnt_grpc.editing.making.measuring import SilentError
from cnt_grpc.kit.errors import AppError, Exhausted, Invalid
from cnt_grpc.kit.jobs import Interrupted
from cnt_grpc.pb.cnt.editing.v1.reason import Reason

_SIGXFSZ: Final = -25
_SIGXCPU: Final = -24

_SAID: Final = (
    ("no space left on device", Reason.EDIT_NO_ROOM, "the disk is full"),
    ("file too large", Reason.EDIT_TOO_LARGE, "the result would be larger than a file may be"),
    ("cannot allocate memory", Reason.EDIT_NEEDS_MEMORY, "it needs more memory than an edit may take"),
    ("out of memory", Reason.EDIT_NEEDS_MEMORY, "it needs more memory than an edit may take"),
    ("malloc", Reason.EDIT_NEEDS_MEMORY, "it needs more memory than an edit may take"),
    ("resource temporarily unavailable", Reason.EDIT_NEEDS_MEMORY, "it needs more memory than an edit may take"),
    ("error allocating", Reason.EDIT_NEEDS_MEMORY, "it needs more memory than an edit may take"),
)


class CannotMakeError(Exception):
    """The edit fails for good: another try would end alike."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class GoneError(CannotMakeError):
    """A source was removed."""

    def __init__(self) -> None:
        super().__init__(Reason.EDIT_SOURCE_GONE, "a file that it is made of is gone")


class WrongResultError(CannotMakeError):
    """What was made is not what was asked for."""

    def __init__(self, message: str) -> None:
        super().__init__(Reason.EDIT_RESULT_WRONG, message)


def meaning(error: Exception) -> CannotMakeError | None:
    """What an error says of the edit; None when another try may succeed, as after a kill."""
    match error:
        case CannotMakeError():
            return error
        case SilentError():
            return CannotMakeError(Reason.EDIT_SOUND_SILENT, "there is nothing to hear in it")
        case Invalid() | Exhausted():
            # Of the quota, or of a step that makes no sense with what was measured.
            reason = str(error.reason) if isinstance(error, Exhausted) else Reason.EDIT_IMPOSSIBLE
            return CannotMakeError(reason, error.message)
        case media.UnreadableError():
            return WrongResultError(f"what was made is no whole file: {error}")
        case media.ffmpeg.TookTooLongError():
            return CannotMakeError(Reason.EDIT_TOO_LONG, "it took longer than an edit may")
        case Interrupted():
            return None
        case media.ffmpeg.FfmpegError():
            return _of_ffmpeg(error)
        case AppError() if str(error.reason) == "STORAGE_FULL":
            return CannotMakeError(Reason.EDIT_NO_ROOM, "the store is full")
        case OSError() if error.errno == 28:  # noqa: PLR2004  (ENOSPC)
            return CannotMakeError(Reason.EDIT_NO_ROOM, "the disk is full")
        case _:
            return None


def _of_ffmpeg(error: media.ffmpeg.FfmpegError) -> CannotMakeError:
    said = error.said.lower()
    for words, reason, message in _SAID:
        if words in said:
            return CannotMakeError(reason, message)
    if error.status == _SIGXFSZ:
        return CannotMakeError(Reason.EDIT_TOO_LARGE, "the result would be larger than a file may be")
    if error.status == _SIGXCPU:
        return CannotMakeError(Reason.EDIT_TOO_LONG, "it took longer than an edit may")
    return CannotMakeError(Reason.EDIT_IMPOSSIBLE, "it cannot be made of these files")
