# Generated from cnt/editing/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.editing.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call to the editing room, or an edit, failed, as it stands in google.rpc.ErrorInfo.reason and in EditError
    without the prefix REASON_.
    """

    # No such edit, or none of the caller's. NOT_FOUND.
    EDIT_NOT_FOUND = "EDIT_NOT_FOUND"
    # The edit has ended: there is nothing to cancel. FAILED_PRECONDITION.
    EDIT_HAS_ENDED = "EDIT_HAS_ENDED"
    # The edit has not failed: there is nothing to retry. FAILED_PRECONDITION.
    EDIT_NOT_FAILED = "EDIT_NOT_FAILED"
    # The history has no version of that number, or the edit has made none yet. NOT_FOUND.
    EDIT_VERSION_NOT_FOUND = "EDIT_VERSION_NOT_FOUND"
    # The caller has as many edits waiting as one may have. RESOURCE_EXHAUSTED.
    TOO_MANY_EDITS = "TOO_MANY_EDITS"
    # Why an edit failed: a source was removed meanwhile.
    EDIT_SOURCE_GONE = "EDIT_SOURCE_GONE"
    # Why an edit failed: FFmpeg cannot read a source, or do with it what was asked for.
    EDIT_IMPOSSIBLE = "EDIT_IMPOSSIBLE"
    # Why an edit failed: what was made is not what was asked for, and was thrown away.
    EDIT_RESULT_WRONG = "EDIT_RESULT_WRONG"
    # Why an edit failed: there is nothing to hear in it.
    EDIT_SOUND_SILENT = "EDIT_SOUND_SILENT"
    # Why an edit failed: it took longer than an edit may.
    EDIT_TOO_LONG = "EDIT_TOO_LONG"
    # Why an edit failed: the result is larger than a file may be.
    EDIT_TOO_LARGE = "EDIT_TOO_LARGE"
    # Why an edit failed: it needs more memory than an edit may take.
    EDIT_NEEDS_MEMORY = "EDIT_NEEDS_MEMORY"
    # Why an edit failed: the disk of the worker, or the store, is full.
    EDIT_NO_ROOM = "EDIT_NO_ROOM"
    # Why an edit failed: each try was interrupted.
    EDIT_INTERRUPTED = "EDIT_INTERRUPTED"
    # The edit waits or runs: it can be cancelled, not removed. FAILED_PRECONDITION.
    EDIT_NOT_ENDED = "EDIT_NOT_ENDED"
    # Other edits start from what the edit made: remove those first. FAILED_PRECONDITION.
    EDIT_BUILT_UPON = "EDIT_BUILT_UPON"
