"""Multipart forms read while they arrive (RFC 7578), with a bound on everything but the length of a file."""

from collections import deque
from collections.abc import AsyncIterator
from email.message import Message as Header
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from cnt_grpc.kit.errors import Invalid
from cnt_grpc.pb.cnt.common.v1.reason import Reason

MOST_PARTS: Final = 128
MOST_HEADERS: Final = 8
LONGEST_HEADER: Final = 4096
LONGEST_FIELD: Final = 64 * 1024
"""Bytes of a field that is not a file."""
LONGEST_FILENAME: Final = 255
"""Characters that are kept of a file's name."""
LONGEST_BOUNDARY: Final = 70
"""RFC 2046, 5.1.1."""


class Part:
    """One field or file of a form. Its bytes come by iterating over it, once; what is not read is skipped."""

    def __init__(self, name: str, filename: str, content_type: str, form: "Form") -> None:
        self.name = name
        self.filename = filename
        """What the client calls the file; "" for a field."""
        self.content_type = content_type
        self._form = form

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._form.data()

    async def text(self) -> str:
        """The whole field, of at most `LONGEST_FIELD` bytes of UTF-8."""
        try:
            return (await bounded(aiter(self), LONGEST_FIELD, f"the field {self.name!r}")).decode()
        except UnicodeDecodeError:
            raise Invalid(Reason.MALFORMED, f"the field {self.name!r} is not UTF-8") from None


class Form:
    """A multipart body: the parser pushes what it finds into a queue, and the reader pulls from there."""

    def __init__(self, pieces: AsyncIterator[bytes], boundary: str) -> None:
        if len(boundary) > LONGEST_BOUNDARY or not boundary.isascii():
            raise Invalid(Reason.MALFORMED, "the multipart boundary is too long or not ASCII")
        self._pieces = pieces
        # Of each found thing: a Part where one begins, bytes of it, or None where it ends.
        self._found: deque[Part | bytes | None] = deque()
        self._complete = False
        self._count = 0
        self._headers: dict[str, str] = {}
        self._name = bytearray()
        self._value = bytearray()
        self._parser = MultipartParser(
            boundary.encode(),
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": lambda data, start, end: self._found.append(data[start:end]),
                "on_part_end": lambda: self._found.append(None),
                "on_end": self._on_end,
            },
            max_header_count=MOST_HEADERS,
            max_header_size=LONGEST_HEADER,
        )

    async def parts(self) -> AsyncIterator[Part]:
        """Each part; going on to the next one skips what was not read of this one."""
        while (found := await self._next()) is not _END:
            if isinstance(found, Part):
                yield found

    async def data(self) -> AsyncIterator[bytes]:
        """The bytes of the part that the reader stands in."""
        while isinstance(found := await self._next(), bytes):
            yield found

    async def _next(self) -> "Part | bytes | _End | None":
        while not self._found:
            try:
                piece = await anext(self._pieces)
            except StopAsyncIteration:
                if not self._complete:
                    raise Invalid(Reason.MALFORMED, "the multipart body breaks off") from None
                return _END
            try:
                self._parser.write(piece)
            except FormParserError as error:
                raise Invalid(Reason.MALFORMED, f"the multipart body is malformed: {error}") from None
        return self._found.popleft()

    def _on_part_begin(self) -> None:
        self._count += 1
        if self._count > MOST_PARTS:
            raise Invalid(Reason.MALFORMED, f"the form has more than {MOST_PARTS} parts")
        self._headers = {}

    def _on_header_end(self) -> None:
        # Browsers write field and file names as UTF-8, whatever the RFCs once said.
        self._headers[self._name.decode("ascii", "replace").lower()] = self._value.decode("utf-8", "replace")
        self._name.clear()
        self._value.clear()

    def _on_headers_finished(self) -> None:
        header = Header()
        header["content-disposition"] = self._headers.get("content-disposition", "")
        name = header.get_param("name", header="content-disposition")
        if not isinstance(name, str) or not name:
            raise Invalid(Reason.MALFORMED, "a part of the form has no name")
        filename = file_name(header.get_filename("") or "")
        content_type = self._headers.get("content-type", "")
        self._found.append(Part(name, filename, content_type, self))

    def _on_end(self) -> None:
        self._complete = True


class _End:
    """The body is over."""


_END: Final = _End()


async def bounded(pieces: AsyncIterator[bytes], most: int, what: str) -> bytes:
    """All of it in memory; raises Invalid as soon as it is more than `most` bytes."""
    held = bytearray()
    async for piece in pieces:
        held += piece
        if len(held) > most:
            raise Invalid(Reason.MALFORMED, f"{what} is longer than {most} bytes")
    return bytes(held)


def file_name(name: str) -> str:
    """The last component of what may be a path, without control characters, and not too long: a name to display."""
    # Old browsers sent whole paths.
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in last if each.isprintable())[-LONGEST_FILENAME:]
