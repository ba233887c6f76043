"""gRPC-Web by hand, as far as a test needs it: one request message, whatever comes back."""

import base64
import urllib.parse
from dataclasses import dataclass

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from tests.edge.edges import Edge

_CODES = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True)
class WebAnswer:
    """What a library for browsers would make of the response."""

    http_status: int
    content_type: str
    code: grpc.StatusCode
    text: str
    status: status_pb2.Status
    messages: list[bytes]

    @property
    def reason(self) -> str:
        """Of an error: the reason of its google.rpc.ErrorInfo."""
        info = error_details_pb2.ErrorInfo()
        assert any(detail.Unpack(info) for detail in self.status.details), self
        return info.reason


async def call_grpc_web(front: Edge, path: str, request: Message, *, mark: bool = True) -> WebAnswer:
    """Calls a unary or server-streaming method; `mark` sends x-grpc-web, as browsers' libraries do and nobody must."""
    body = request.SerializeToString()
    headers = {"content-type": "application/grpc-web+proto", "accept": "application/grpc-web+proto"}
    answer = await front.ask(
        "POST",
        path,
        data=b"\0" + len(body).to_bytes(4, "big") + body,
        headers=headers | ({"x-grpc-web": "1"} if mark else {}),
    )
    trailers, messages = dict(answer.headers), []
    rest = answer.body
    while rest:
        flag, length = rest[0], int.from_bytes(rest[1:5], "big")
        frame, rest = rest[5 : 5 + length], rest[5 + length :]
        if flag & 0x80:
            trailers |= dict(line.split(":", 1) for line in frame.decode().split("\r\n") if line)
        else:
            messages.append(frame)
    details = trailers.get("grpc-status-details-bin", "")
    return WebAnswer(
        http_status=answer.status,
        content_type=answer.headers.get("content-type", ""),
        code=_CODES[int(trailers["grpc-status"])],
        text=urllib.parse.unquote(trailers.get("grpc-message", "")),
        status=status_pb2.Status.FromString(base64.b64decode(details + "=" * (-len(details) % 4))),
        messages=messages,
    )
