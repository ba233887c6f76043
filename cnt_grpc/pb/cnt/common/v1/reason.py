# Generated from cnt/common/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.common.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call failed, as it stands in google.rpc.ErrorInfo.reason without the prefix REASON_."""

    # A field is malformed, out of range, or missing; every violation is listed. INVALID_ARGUMENT.
    INVALID = "INVALID"
    # The bytes are no message of the method's type. INVALID_ARGUMENT.
    MALFORMED = "MALFORMED"
    # No token, or one that is expired, altered or ended. UNAUTHENTICATED.
    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    # The caller lacks the role that the method asks for. PERMISSION_DENIED.
    ROLE_MISSING = "ROLE_MISSING"
    # The method needs a confirmation of the last 10 minutes (POST /auth/confirm). PERMISSION_DENIED.
    CONFIRMATION_NEEDED = "CONFIRMATION_NEEDED"
    # Too many calls; RetryInfo says when to come back. RESOURCE_EXHAUSTED.
    TOO_MANY_CALLS = "TOO_MANY_CALLS"
    # The request id was used with another body. ALREADY_EXISTS.
    REQUEST_ID_REUSED = "REQUEST_ID_REUSED"
    # The page token is altered, of another method or of other filters. INVALID_ARGUMENT.
    PAGE_TOKEN_INVALID = "PAGE_TOKEN_INVALID"
    # The call kept meeting other changes of the same rows; try again. ABORTED.
    CONTENTION = "CONTENTION"
    # The call took longer than it may. DEADLINE_EXCEEDED.
    DEADLINE = "DEADLINE"
    # The database cannot be reached. UNAVAILABLE.
    DATABASE_UNAVAILABLE = "DATABASE_UNAVAILABLE"
    # An outside party cannot be reached or answers too late. UNAVAILABLE.
    PARTY_UNAVAILABLE = "PARTY_UNAVAILABLE"
    # The server is stopping; try again, another one answers. UNAVAILABLE.
    STOPPING = "STOPPING"
    # A defect of ours; the request id finds it in the log. INTERNAL.
    INTERNAL = "INTERNAL"
    # Another call with the same request id is still running. ABORTED.
    REQUEST_IN_PROGRESS = "REQUEST_IN_PROGRESS"
    # Nothing answers to this verb and path, or the method does not exist; said by the edge. NOT_FOUND, UNIMPLEMENTED.
    NO_SUCH_METHOD = "NO_SUCH_METHOD"
    # The body, or its headers, are larger than the edge lets through. RESOURCE_EXHAUSTED.
    TOO_LARGE = "TOO_LARGE"
    # No server is free to answer; said by the edge. UNAVAILABLE.
    SERVER_UNAVAILABLE = "SERVER_UNAVAILABLE"
