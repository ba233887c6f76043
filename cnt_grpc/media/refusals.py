"""How files are refused: by what their first bytes are, by how many bytes they have, and by how many pixels."""

from typing import Final

from cnt_grpc.kit.errors import Exhausted, Invalid
from cnt_grpc.media.sniff import HEAD, TYPES, FileType, Kind, sniff
from cnt_grpc.pb.cnt.media.v1.reason import Reason

_NEVER_FITS_RETRY: Final = 24 * 3600.0
"""Seconds: a file that is too large stays so, but the limit is a setting, and clients want a number."""


def type_of(head: bytes, kind: Kind) -> FileType:
    """The type of the file that begins so; raises Invalid for what is none of that kind."""
    if not head:
        raise Invalid(Reason.UPLOAD_EMPTY)
    found = sniff(head[:HEAD], kind)
    if isinstance(found, FileType):
        return found
    taken = ", ".join(dict.fromkeys(each.extension for each in TYPES if each.kind is kind))
    raise Invalid(Reason.MEDIA_TYPE_REFUSED, f"the file is {found}; {kind} may be {taken}", kind=kind)


def too_large(kind: Kind, limit: int) -> Exhausted:
    """The refusal of a file with too many bytes."""
    return Exhausted(
        Reason.FILE_TOO_LARGE,
        f"{kind} may have {limit // 1_000_000} MB",
        retry_after=_NEVER_FITS_RETRY,
        kind=kind,
        most_bytes=limit,
    )


def too_many_pixels(media_id: int, limit: int) -> Exhausted:
    """The refusal of a picture with too many pixels."""
    return Exhausted(
        Reason.FILE_TOO_LARGE,
        f"a picture may have {limit // 1_000_000} million pixels",
        retry_after=_NEVER_FITS_RETRY,
        kind=Kind.IMAGE,
        most_pixels=limit,
        media_id=media_id,
    )
