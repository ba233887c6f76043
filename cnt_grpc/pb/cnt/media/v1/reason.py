# Generated from cnt/media/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.media.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call to the media room failed, as it stands in google.rpc.ErrorInfo.reason without the prefix REASON_."""

    # No such media object, or none that the caller may know of. NOT_FOUND.
    MEDIA_NOT_FOUND = "MEDIA_NOT_FOUND"
    # The bytes are not of a type that this upload takes, whatever their name says. INVALID_ARGUMENT.
    MEDIA_TYPE_REFUSED = "MEDIA_TYPE_REFUSED"
    # The bytes begin like media but cannot be read as such: truncated, damaged, or made to harm. INVALID_ARGUMENT.
    MEDIA_UNREADABLE = "MEDIA_UNREADABLE"
    # The upload holds no file, or an empty one. INVALID_ARGUMENT.
    UPLOAD_EMPTY = "UPLOAD_EMPTY"
    # The pieces do not add up to what was declared: another size, or another SHA-256. INVALID_ARGUMENT.
    UPLOAD_DIFFERS = "UPLOAD_DIFFERS"
    # The file is larger than a file of its kind may be: it has more than `most_bytes`, or more than `most_pixels`.
    # RESOURCE_EXHAUSTED.
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    # The caller's files together would exceed what one person may store. RESOURCE_EXHAUSTED.
    MEDIA_QUOTA_EXCEEDED = "MEDIA_QUOTA_EXCEEDED"
    # The store has no room for more at the moment. UNAVAILABLE.
    STORAGE_FULL = "STORAGE_FULL"
    # The media object is still being examined; ask again. FAILED_PRECONDITION.
    MEDIA_NOT_READY = "MEDIA_NOT_READY"
    # The media object is of another kind than its use asks for: a video where audio is needed. INVALID_ARGUMENT.
    MEDIA_WRONG_KIND = "MEDIA_WRONG_KIND"
    # No such upload, or none of the caller's own. NOT_FOUND.
    UPLOAD_NOT_FOUND = "UPLOAD_NOT_FOUND"
    # The bytes do not begin where the upload stands; `received` says where that is. FAILED_PRECONDITION.
    UPLOAD_OFFSET_WRONG = "UPLOAD_OFFSET_WRONG"
    # Bytes are missing; `received` says how many have come. FAILED_PRECONDITION.
    UPLOAD_INCOMPLETE = "UPLOAD_INCOMPLETE"
    # The upload is finished and takes no more bytes. FAILED_PRECONDITION.
    UPLOAD_OVER = "UPLOAD_OVER"
    # Another call finishes the upload at this moment; ask again. ABORTED.
    UPLOAD_BUSY = "UPLOAD_BUSY"
    # A file of the same key is being removed; try again. ABORTED.
    MEDIA_LEAVING = "MEDIA_LEAVING"
    # The file is one that only its owner may see, such as an identity paper: it cannot be published. FAILED_PRECONDITION.
    MEDIA_STAYS_PRIVATE = "MEDIA_STAYS_PRIVATE"
    # The caller has as many uploads under way as one person may have; finish one or give it up. RESOURCE_EXHAUSTED.
    UPLOADS_TOO_MANY = "UPLOADS_TOO_MANY"
