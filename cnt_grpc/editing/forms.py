"""Requests that come as a form, as JSON or as a message: read into one message, and the files that came stored."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from google.api.httpbody_pb2 import HttpBody
from google.protobuf import descriptor, json_format

from cnt_grpc import media
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc import httpbody
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.rpc.multipart import Part
from cnt_grpc.pb.cnt.common.v1.reason import Reason

SOUNDS: Final = ("audio_file", "audio_files")
FILMS: Final = ("video_file",)
_MOST_FILES: Final = 21

_R = TypeVar("_R", bound=Any)


@dataclass(slots=True)
class Form:
    """What somebody sent."""

    files: dict[str, list[int]] = field(default_factory=dict)
    """Files that came along, stored: their ids by the form's name of each, in their order."""
    values: dict[str, Any] = field(default_factory=dict)
    digest: bytes = b""
    """Of the files' names in the form and their bytes, in their order."""

    def file(self, name: str) -> int:
        """The id of the one file of that name; 0 where none came."""
        return self.files[name][0] if name in self.files else 0


async def read(requests: AsyncIterator[_R], call: Call, reception: media.Reception) -> tuple[_R, Form]:
    """The whole request as one message, and its files; raises Invalid, and what taking a file raises."""
    first, body = await httpbody.receive(requests, _body_of)
    form = Form()
    request = type(first)()
    request.CopyFrom(first)
    request.ClearField("body")
    if body.kind == "multipart":
        await _read_parts(body.parts(), call, reception, form, request)
    elif body.content_type or first.body.data:
        # JSON, whatever it is called: `curl -d` calls it a form, and every other route reads it all the same.
        request.MergeFrom(await body.message(type(request)))
        request.ClearField("body")
    return request, form


def _body_of(request: Any) -> HttpBody:  # noqa: ANN401  (any of the requests)
    body: HttpBody = request.body
    return body


async def _read_parts(
    parts: AsyncIterator[Part],
    call: Call,
    reception: media.Reception,
    form: Form,
    request: Any,  # noqa: ANN401
) -> None:
    fields = request.DESCRIPTOR.fields_by_name
    async for part in parts:
        if part.name in (*SOUNDS, *FILMS):
            if sum(len(each) for each in form.files.values()) >= _MOST_FILES:
                raise Invalid.of(part.name, f"{_MOST_FILES} files may come along")
            purpose = media.DRAFT_VIDEO if part.name in FILMS else media.TEMPORARY_AUDIO
            row, _ = await reception.take(call, purpose, aiter(part), media.Declared(part.filename))
            form.files.setdefault(part.name, []).append(row["id"])
            form.digest = hashlib.sha256(form.digest + part.name.encode() + row["sha256"]).digest()
        elif part.name in fields and part.name != "body":
            _note(form, fields[part.name], await part.text())
    try:
        json_format.ParseDict(form.values, request)
    except json_format.ParseError as error:
        raise Invalid(Reason.MALFORMED, f"the form cannot be read: {error}") from None


def _note(form: Form, found: descriptor.FieldDescriptor, text: str) -> None:
    """Keep a field of the form as JSON would have it."""
    if found.is_repeated:
        form.values.setdefault(found.name, []).extend(each.strip() for each in text.split(",") if each.strip())
    elif found.type == descriptor.FieldDescriptor.TYPE_BOOL:
        form.values[found.name] = text.strip().lower() in {"true", "1", "yes", "on"}
    elif text.strip() or found.type == descriptor.FieldDescriptor.TYPE_STRING:
        form.values[found.name] = text.strip() if found.type != descriptor.FieldDescriptor.TYPE_STRING else text
