"""Envoy's own refusals in the words of the contract: status, reason and shape as the server's, in all three protocols.

Envoy speaks for itself when no server is up, a body is too large, a path is unknown. Left alone it answers plain text
to JSON clients, and to gRPC ones some of these as UNKNOWN.
"""

import base64
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import any_pb2, duration_pb2, message
from google.rpc import error_details_pb2, status_pb2

from cnt_grpc.kit.rpc.status import DOMAIN

Yaml = dict[str, Any]
"""A piece of configuration, as plain lists, dicts and scalars."""

RETRY_AFTER = 1
"""Seconds after which a refused caller should try again."""

_TYPES = "type.googleapis.com/google.rpc."


@dataclass(frozen=True, slots=True)
class EdgeError:
    """What Envoy says with one HTTP status."""

    http: int
    code: grpc.StatusCode
    reason: str
    text: str
    grpc_code: grpc.StatusCode | None = None
    """For gRPC callers, where their libraries expect another code."""
    retry: bool = False
    """Whether the same call may succeed later."""
    explained: bool = False
    """Whether Envoy's own text (which field, which character) helps the caller and tells nothing of our inside."""


INTERNAL = EdgeError(500, grpc.StatusCode.INTERNAL, "INTERNAL", "internal error")
"""Also what is said with a status that is not in the table."""

TOO_LARGE = EdgeError(413, grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_LARGE", "the body is too large")

EDGE_ERRORS = (
    EdgeError(400, grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED", "the request is malformed", explained=True),
    EdgeError(
        404,
        grpc.StatusCode.NOT_FOUND,
        "NO_SUCH_METHOD",
        "nothing answers to this verb and path",
        grpc_code=grpc.StatusCode.UNIMPLEMENTED,
    ),
    EdgeError(408, grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE", "the call took too long"),
    TOO_LARGE,
    EdgeError(426, grpc.StatusCode.FAILED_PRECONDITION, "MALFORMED", "HTTP/1.1 or HTTP/2 is needed"),
    EdgeError(
        429, grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS", "too many calls from this address", retry=True
    ),
    EdgeError(431, grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_LARGE", "the headers are too large"),
    INTERNAL,
    # Envoy's word for a transfer-encoding that it does not know: the caller's mistake, and none of ours.
    EdgeError(501, grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED", "the request is malformed"),
    EdgeError(502, grpc.StatusCode.UNAVAILABLE, "SERVER_UNAVAILABLE", "the server broke off", retry=True),
    EdgeError(503, grpc.StatusCode.UNAVAILABLE, "SERVER_UNAVAILABLE", "no server is free to answer", retry=True),
    EdgeError(504, grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE", "the server took too long to answer"),
)


def _header(name: str, **match: object) -> Yaml:
    return {"header_filter": {"header": {"name": name} | match}}


def _like(regex: str) -> Yaml:
    return {"safe_regex": {"regex": regex}}


# A transcoded call has gRPC's content type too, but only it has an original path: x-envoy-* of clients are removed.
_IS_GRPC = [
    _header("content-type", string_match=_like(r"application/grpc(\+.*)?")),
    _header("x-envoy-original-path", present_match=False),
]
_IS_UNREAD_GRPC_WEB = _header("content-type", string_match=_like("application/grpc-web.*"))
_HAS_NO_ID = _header("x-request-id", present_match=False)
_ANYTHING: Yaml = _header("x-none", present_match=False)

_BEFORE_READING = {400, 408, 426, 431, 501}
"""Statuses with which Envoy refuses what it could not read as a request."""


def mappers() -> list[Yaml]:
    """`local_reply_config.mappers`; the first whose filter fits is used."""
    return [
        _for_unread_grpc_web(TOO_LARGE),
        *(_for_grpc(error, _status(error)) for error in EDGE_ERRORS),
        _for_grpc(INTERNAL),
        *(_for_json(error, _status(error), _HAS_NO_ID) for error in EDGE_ERRORS if error.http in _BEFORE_READING),
        *(_for_json(error, _status(error)) for error in EDGE_ERRORS),
        _for_json(INTERNAL),
    ]


def _for_grpc(error: EdgeError, *filters: Yaml) -> Yaml:
    # For gRPC Envoy would find a status itself, UNKNOWN for some, and none for gRPC-Web, which it takes for plain HTTP:
    # its libraries then guess one from HTTP's (413 UNKNOWN, 504 UNAVAILABLE). So the answer is made whole here.
    return {
        "filter": _all_of(*filters, *_IS_GRPC),
        "status_code": 200,
        "body_format_override": {"text_format_source": {"inline_string": ""}},
        "headers_to_add": _overwriting(_trailers(error)),
    }


def _for_unread_grpc_web(error: EdgeError) -> Yaml:
    # A length that is announced too large is refused before gRPC-Web's own filter has seen the call, and then nobody
    # adds the content type. Envoy gives one only to a body, so the trailers are a body too: a frame with the flag 0x80,
    # a length of four bytes, and the lines of the headers.
    lines = "".join(f"{name}:{value}\r\n" for name, value in _trailers(error).items()).encode()
    frame = base64.b64encode(b"\x80" + len(lines).to_bytes(4, "big") + lines).decode()
    return _for_grpc(error) | {
        "filter": _all_of(_status(error), _IS_UNREAD_GRPC_WEB),
        "body_format_override": {
            "content_type": "application/grpc-web+proto",
            "text_format_source": {"inline_bytes": frame},
        },
    }


def _trailers(error: EdgeError) -> dict[str, str]:
    code = error.grpc_code or error.code
    return {
        "grpc-status": str(code.value[0]),
        "grpc-message": error.text,
        "grpc-status-details-bin": details_bin(error),
    }


def _overwriting(headers: dict[str, str]) -> list[Yaml]:
    return [
        {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        for name, value in headers.items()
    ]


def _for_json(error: EdgeError, *filters: Yaml) -> Yaml:
    # What is refused before it is read as a request has no id, and nothing is known of it but that it is wrong.
    early = _HAS_NO_ID in filters
    info = {"@type": f"{_TYPES}ErrorInfo", "reason": error.reason, "domain": DOMAIN, "metadata": {}}
    details: list[Yaml] = [info]
    if not early:
        details.append({"@type": f"{_TYPES}RequestInfo", "request_id": "%REQ(X-REQUEST-ID)%", "serving_data": ""})
    if error.retry:
        details.append({"@type": f"{_TYPES}RetryInfo", "retry_delay": f"{RETRY_AFTER}s"})
    text = "%LOCAL_REPLY_BODY%" if error.explained and not early else error.text
    status = {"code": error.code.value[0], "message": text, "details": details}
    return {
        "filter": _all_of(*(filters or [_ANYTHING])),
        "body_format_override": {"content_type": "application/json", "json_format": status},
    }


def details_bin(error: EdgeError) -> str:
    """The value of grpc-status-details-bin: google.rpc.Status in base64, as gRPC writes it, without padding."""
    details: list[message.Message] = [error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN)]
    if error.retry:
        details.append(error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=RETRY_AFTER)))
    status = status_pb2.Status(code=(error.grpc_code or error.code).value[0], message=error.text)
    for detail in details:
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return base64.b64encode(status.SerializeToString(deterministic=True)).decode().rstrip("=")


def _status(error: EdgeError) -> Yaml:
    # Envoy insists on a runtime key; nothing sets it.
    value = {"default_value": error.http, "runtime_key": f"edge.error.{error.http}"}
    return {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}


def _all_of(*filters: Yaml) -> Yaml:
    return {"and_filter": {"filters": list(filters)}} if len(filters) > 1 else filters[0]
