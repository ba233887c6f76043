"""An HTTP/2 client that costs next to nothing: one header block a connection, answers counted and not decoded.

A gRPC client in Python costs as much as the server that it should measure, and a floor that is slowed down by its own
client flatters everything that is compared with it. A load needs little of HTTP/2: requests differ only in number and
body, and an answer is right when its status is 200 and its body is as long as it must be (errors have none).
"""

import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Headers = Sequence[tuple[str, str]]

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PING, _GOAWAY, _WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1
_FRAME_HEADER = 9
_INITIAL_WINDOW_SIZE = 4
_LARGEST_WINDOW = 2**31 - 1
_FIRST_WINDOW = 65_535
_TOP_UP = 2**28
"""Bytes received after which the connection's window is opened again."""

_STATUS_200 = 0x88
"""Entry 8 of HPACK's static table (RFC 7541, appendix A), which every encoder uses for it."""

_FIRST_DYNAMIC = 62
"""The newest entry of HPACK's dynamic table."""


class WireError(Exception):
    """The server broke off, or did something that this client does not know."""


@dataclass(slots=True, eq=False)
class Answer:
    """What came back on one stream."""

    started: float
    """When it was asked, in seconds of the monotonic clock."""
    size: int = 0
    """Bytes of body."""
    ok: bool = False
    """Whether its status was 200."""
    body: bytes = b""
    """Empty unless the connection keeps bodies."""
    last_headers: bytes = b""
    """As they came: of an error they hold the status, and often in words."""


OnData = Callable[[Answer, int], None]
"""Gets the answer that a piece belongs to, and the piece's length."""


def headers(method: str, scheme: str, authority: str, path: str, others: Headers) -> Headers:
    """All headers of a request, pseudo-headers first."""
    return ((":method", method), (":scheme", scheme), (":authority", authority), (":path", path), *others)


class Connection:
    """One connection on which all requests have the same headers."""

    def __init__(
        self,
        host: str,
        port: int,
        of_all: Headers,
        *,
        keeps_bodies: bool = False,
        on_data: OnData | None = None,
        window: int = _LARGEST_WINDOW,
    ) -> None:
        """Connect.

        `on_data` is called with each piece of a body, and `window` is how many bytes of a body the server may send.
        """
        self._socket = socket.create_connection((host, port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._first, self._block = _header_blocks(of_all)
        self._keeps_bodies = keeps_bodies
        self._on_data = on_data
        self._next = 1
        self._open: dict[int, Answer] = {}
        self._rest = b""
        self._received = 0
        self._out: list[bytes] = [
            _PREFACE,
            _frame(_SETTINGS, 0, 0, struct.pack(">HI", _INITIAL_WINDOW_SIZE, window)),
            _frame(_WINDOW_UPDATE, 0, 0, struct.pack(">I", _LARGEST_WINDOW - _FIRST_WINDOW)),
        ]

    def fileno(self) -> int:
        """For select."""
        return self._socket.fileno()

    @property
    def waiting(self) -> int:
        """Requests without an answer yet."""
        return len(self._open)

    def ask(self, body: bytes | None, more: Headers = ()) -> Answer:
        """Queue a request, with `more` headers than all have; `flush` sends it. None is no body at all, as a GET's."""
        stream = self._next
        self._next += 2
        block, self._first = self._first or self._block, b""
        # Not indexed: they are of this request alone.
        block += b"".join(b"\x00" + _text(name) + _text(value) for name, value in more)
        flags = _END_HEADERS if body is not None else _END_HEADERS | _END_STREAM
        self._out.append(_frame(_HEADERS, flags, stream, block))
        if body is not None:
            self._out.append(_frame(_DATA, _END_STREAM, stream, body))
        answer = self._open[stream] = Answer(time.monotonic())
        return answer

    def flush(self) -> None:
        """Send what is queued."""
        if self._out:
            # Requests are so small that the socket takes them all; where it does not, waiting for it is right.
            self._socket.sendall(b"".join(self._out))
            self._out.clear()

    def receive(self) -> list[Answer]:
        """Wait for bytes, and return the answers that they complete. Raises WireError."""
        new = self._socket.recv(1 << 18)
        if not new:
            raise WireError("the server closed the connection")
        data = self._rest + new
        done: list[Answer] = []
        at, end = 0, len(data)
        while end - at >= _FRAME_HEADER:
            start = at + _FRAME_HEADER
            after = start + int.from_bytes(data[at : at + 3], "big")
            if after > end:
                break
            kind, flags = data[at + 3], data[at + 4]
            stream = int.from_bytes(data[at + 5 : start], "big")
            answer = self._open.get(stream)
            if answer is None:
                self._control(kind, flags, data[start:after])
            else:
                self._piece(answer, kind, data, start, after)
                if kind == _RST_STREAM or flags & _END_STREAM:
                    done.append(self._open.pop(stream))
            at = after
        self._rest = data[at:]
        self._open_window(len(new))
        return done

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _piece(self, answer: Answer, kind: int, data: bytes, start: int, after: int) -> None:
        if kind == _DATA:
            answer.size += after - start
            if self._keeps_bodies:
                answer.body += data[start:after]
            if self._on_data is not None:
                self._on_data(answer, after - start)
        elif kind == _HEADERS:
            answer.last_headers = data[start:after]
            if data[start] == _STATUS_200:
                answer.ok = True

    def _open_window(self, received: int) -> None:
        """Let the server send on; once in a while, as the window is large."""
        self._received += received
        if self._received > _TOP_UP:
            self._out.append(_frame(_WINDOW_UPDATE, 0, 0, struct.pack(">I", self._received)))
            self._received = 0

    def _control(self, kind: int, flags: int, payload: bytes) -> None:
        if kind in (_SETTINGS, _PING) and not flags & _ACK:
            self._out.append(_frame(kind, _ACK, 0, b"" if kind == _SETTINGS else payload))
            self.flush()
        elif kind == _GOAWAY and struct.unpack(">I", payload[4:8])[0]:
            raise WireError(f"the server gave up: {payload[8:].decode(errors='replace')}")


def fetch(host: str, port: int, of_all: Headers, body: bytes | None) -> Answer:
    """One answer, with its body."""
    connection = Connection(host, port, of_all, keeps_bodies=True)
    try:
        connection.ask(body)
        while True:
            connection.flush()
            if done := connection.receive():
                return done[0]
    finally:
        connection.close()


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _header_blocks(of_all: Headers) -> tuple[bytes, bytes]:
    """HPACK: the block of the first request, which teaches the server all headers, and that of all further ones.

    So do real clients: a header that does not change costs a byte, and the server does not read it again.
    """
    first = b"".join(b"\x40" + _text(name) + _text(value) for name, value in of_all)
    count = len(of_all)
    return first, bytes(0x80 | _FIRST_DYNAMIC + count - 1 - at for at in range(count))


def _text(text: str) -> bytes:
    raw = text.encode()
    if len(raw) < 127:
        return bytes([len(raw)]) + raw
    length, rest = bytearray([127]), len(raw) - 127
    while rest >= 128:
        length.append(rest % 128 | 128)
        rest //= 128
    length.append(rest)
    return bytes(length) + raw
