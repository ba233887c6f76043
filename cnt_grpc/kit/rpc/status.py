"""From a refusal to what stands on the wire: one kind, one gRPC status, with its details."""

from collections.abc import Mapping

import grpc
from google.protobuf import any_pb2, duration_pb2, message
from google.rpc import error_details_pb2, status_pb2

from cnt_grpc.kit.errors import (
    AppError,
    Changed,
    Conflict,
    Denied,
    Exhausted,
    Gone,
    Invalid,
    NotFound,
    Precondition,
    TimedOut,
    Unauthenticated,
    Unavailable,
)
from cnt_grpc.pb.cnt.common.v1.reason import Reason

DOMAIN = "cnt"
"""google.rpc.ErrorInfo.domain of every error of ours."""

MOST_VIOLATIONS = 8
"""Violations told in one answer."""

MOST_BYTES = 1024
"""Of an answer: details travel in a header, and proxies cut long ones."""

_LONGEST_TEXT = 200

STATUS_OF: Mapping[type[AppError], grpc.StatusCode] = {
    Invalid: grpc.StatusCode.INVALID_ARGUMENT,
    Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    Denied: grpc.StatusCode.PERMISSION_DENIED,
    NotFound: grpc.StatusCode.NOT_FOUND,
    Conflict: grpc.StatusCode.ALREADY_EXISTS,
    Precondition: grpc.StatusCode.FAILED_PRECONDITION,
    Changed: grpc.StatusCode.ABORTED,
    Gone: grpc.StatusCode.OUT_OF_RANGE,
    Exhausted: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Unavailable: grpc.StatusCode.UNAVAILABLE,
    TimedOut: grpc.StatusCode.DEADLINE_EXCEEDED,
}


def status_of(error: AppError, request_id: str) -> status_pb2.Status:
    """The refusal as google.rpc.Status, under 1 KiB: reason, call, and what the kind adds."""
    details: list[message.Message] = [
        error_details_pb2.ErrorInfo(
            reason=str(error.reason),
            domain=DOMAIN,
            metadata={name: value[:_LONGEST_TEXT] for name, value in error.metadata.items()},
        ),
        error_details_pb2.RequestInfo(request_id=request_id),
    ]
    if isinstance(error, Invalid) and error.violations:
        details.append(_bad_request(error))
    if isinstance(error, Exhausted):
        delay = duration_pb2.Duration()
        delay.FromMilliseconds(max(1, round(error.retry_after * 1000)))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    # A room may have a kind of its own below one of these.
    code = next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    status = _status(code, error.message, details)
    if isinstance(error, Invalid) and status.ByteSize() > MOST_BYTES and len(error.violations) > 1:
        # Rather fewer violations than half a header.
        fewer = error.violations[: min(len(error.violations), MOST_VIOLATIONS) - 1]
        return status_of(Invalid(error.reason, error.message, violations=fewer, **error.metadata), request_id)
    return status


def internal(request_id: str) -> status_pb2.Status:
    """What a caller learns of a defect: an id that finds it in the log, and nothing else."""
    info = error_details_pb2.ErrorInfo(reason=Reason.INTERNAL, domain=DOMAIN)
    details = [info, error_details_pb2.RequestInfo(request_id=request_id)]
    return _status(grpc.StatusCode.INTERNAL, "internal error", details)


def _bad_request(error: Invalid) -> error_details_pb2.BadRequest:
    shown = error.violations[:MOST_VIOLATIONS]
    return error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(
                field=violation.field[:_LONGEST_TEXT],
                description=violation.description[:_LONGEST_TEXT],
                reason=violation.rule.upper().replace(".", "_")[:_LONGEST_TEXT],
            )
            for violation in shown
        ]
    )


def _status(code: grpc.StatusCode, text: str, details: list[message.Message]) -> status_pb2.Status:
    status = status_pb2.Status(code=code.value[0], message=text[:_LONGEST_TEXT])
    for detail in details:
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status
