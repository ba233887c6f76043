"""What clients say a file is before they send it, and whether its first bytes bear that out."""

import contextlib
from typing import Final

from cnt_grpc.kit.db import Row
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.media.purposes import AUDIO, DOCUMENT, IMAGE, PURPOSES, VIDEO, Purpose
from cnt_grpc.media.refusals import type_of
from cnt_grpc.media.sniff import TYPES, FileType, Kind
from cnt_grpc.pb.cnt.media.v1.reason import Reason

_OTHER_NAMES: Final = {
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-flac": "audio/flac",
    "audio/x-aac": "audio/aac",
    "image/jpg": "image/jpeg",
}
"""What browsers call some types, and what we call them."""


def declared_type(content_type: str, kind: Kind) -> FileType:
    """The type that a Content-Type names; raises Invalid for none of that kind."""
    name = content_type.partition(";")[0].strip().lower()
    name = _OTHER_NAMES.get(name, name)
    taken = [each for each in TYPES if each.kind is kind]
    for each in taken:
        if each.content_type == name:
            return each
    names = ", ".join(each.content_type for each in taken)
    raise Invalid(Reason.MEDIA_TYPE_REFUSED, f"{kind} may be {names}", kind=kind)


def purpose_of_type(content_type: str) -> Purpose | None:
    """What a file of this type is taken in for when nobody says more; None for a type that we do not take."""
    for purpose in (AUDIO, VIDEO, IMAGE, DOCUMENT):
        with contextlib.suppress(Invalid):
            declared_type(content_type, purpose.kind)
            return purpose
    return None


def check_type(head: bytes, row: Row) -> None:
    """Raise Invalid where the file that begins so is not what was declared of the upload."""
    found = type_of(head, PURPOSES[row["purpose"]].kind)
    if found.content_type != row["content_type"]:
        raise Invalid(
            Reason.MEDIA_TYPE_REFUSED,
            f"the file is {found.content_type}, not {row['content_type']}",
            kind=found.kind,
        )
