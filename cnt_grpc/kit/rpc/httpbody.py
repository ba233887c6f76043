"""Request bodies that are not messages: raw bytes, multipart forms and JSON, all of which arrive on one path.

Envoy hands such a body over as a stream of messages with a google.api.HttpBody in each: pieces of 1 MiB at most, the
content type in the first one only. `receive` takes that stream; nothing here ever holds more of it than a piece.

    request, body = await httpbody.receive(requests, lambda each: each.file)
    file = await body.file("file")
    async for piece in file: ...
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email.message import Message as Header
from typing import Literal, TypeVar

from google.api.httpbody_pb2 import HttpBody
from google.protobuf import json_format
from google.protobuf.message import Message

from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc import multipart
from cnt_grpc.kit.rpc.multipart import Form, Part
from cnt_grpc.pb.cnt.common.v1.reason import Reason

MOST_JSON = 1024 * 1024
"""Bytes of a JSON body."""

_DEEPEST_JSON = 32

_R = TypeVar("_R", bound=Message)
_M = TypeVar("_M", bound=Message)


@dataclass(slots=True)
class File:
    """A file on its way in: iterate over it once, to the end, to get its bytes and to have the body checked."""

    filename: str
    """What the client calls it; never trusted, and "" when it has no name."""
    content_type: str
    """What the client says it is; never trusted."""
    pieces: AsyncIterator[bytes]
    fields: dict[str, str] = field(default_factory=dict)
    """The form's other fields; those that stand behind the file are there once the file has been read."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self.pieces


class Body:
    """One request body, read once from front to back."""

    def __init__(self, content_type: str, pieces: AsyncIterator[bytes]) -> None:
        header = Header()
        header["content-type"] = content_type
        self.content_type = header.get_content_type() if content_type else ""
        """Lower case, without parameters; "" when the client sent none."""
        self._given = content_type
        self._boundary = str(header.get_param("boundary") or "")
        self._pieces = pieces

    @property
    def kind(self) -> Literal["json", "multipart", "raw"]:
        """How to read the body: `message` for JSON, `parts` or `file` for multipart, `file` for anything else."""
        if self.content_type == "multipart/form-data":
            return "multipart"
        return "json" if self.content_type == "application/json" else "raw"

    def parts(self) -> AsyncIterator[Part]:
        """The parts of a multipart body in their order; raises Invalid(MALFORMED) when it breaks off or a bound."""
        if not self._boundary:
            raise Invalid(Reason.MALFORMED, "the multipart body has no boundary")
        return Form(self._pieces, self._boundary).parts()

    async def file(self, name: str) -> File:
        """The one file of the body: the multipart part of that name, or the body itself.

        Raises Invalid for a form without the file, and, while the file is read, for one with two of them.
        """
        if self.kind != "multipart":
            return File("", self._given, self._pieces)
        parts = self.parts()
        fields: dict[str, str] = {}
        async for part in parts:
            if part.name == name:
                return File(part.filename, part.content_type, _to_the_end(part, parts, name, fields), fields)
            fields[part.name] = await part.text()
        raise Invalid.of(name, "the form has no such file", "required")

    async def message(self, kind: type[_M]) -> _M:
        """The body as JSON of that message, of at most `MOST_JSON` bytes; no body is a message without fields.

        The contract's rules are not checked yet.
        """
        text = await multipart.bounded(self._pieces, MOST_JSON, "the JSON body")
        try:
            return json_format.Parse(text.strip() or b"{}", kind(), max_recursion_depth=_DEEPEST_JSON)
        except (json_format.ParseError, UnicodeDecodeError) as error:
            raise Invalid(Reason.MALFORMED, f"the body is no {kind.DESCRIPTOR.name} in JSON: {error}") from None


async def receive(requests: AsyncIterator[_R], body_of: Callable[[_R], HttpBody]) -> tuple[_R, Body]:
    """The first request, which alone has the parameters of path and query, and the body behind all of them."""
    async for first in requests:
        return first, Body(body_of(first).content_type, _pieces(first, requests, body_of))
    raise Invalid(Reason.MALFORMED, "the body is missing")


async def _pieces(first: _R, rest: AsyncIterator[_R], body_of: Callable[[_R], HttpBody]) -> AsyncIterator[bytes]:
    yield body_of(first).data
    async for request in rest:
        yield body_of(request).data


async def _to_the_end(file: Part, rest: AsyncIterator[Part], name: str, fields: dict[str, str]) -> AsyncIterator[bytes]:
    """The file's bytes; then the remainder of the form, so that a file whose form is broken is not taken as whole."""
    async for piece in file:
        yield piece
    async for part in rest:
        if part.name == name:
            raise Invalid.of(name, "the form has more than one such file")
        fields[part.name] = await part.text()
