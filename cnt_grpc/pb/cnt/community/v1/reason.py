# Generated from cnt/community/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.community.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call to the community room failed, as it stands in google.rpc.ErrorInfo.reason without the prefix REASON_."""

    # No such post, or none that the caller may know of. NOT_FOUND.
    POST_NOT_FOUND = "POST_NOT_FOUND"
    # The post does not hold what its type needs, words or files; or its files are not up to ten pictures or one video.
    # INVALID_ARGUMENT.
    POST_FILES_UNSUITABLE = "POST_FILES_UNSUITABLE"
    # No such comment, or none that the caller may know of. NOT_FOUND.
    COMMENT_NOT_FOUND = "COMMENT_NOT_FOUND"
    # What followed a number is no longer known: watch from now on, and list again. OUT_OF_RANGE.
    WATCH_RESYNC = "WATCH_RESYNC"
    # No such event, or none that the caller may know of. NOT_FOUND.
    EVENT_NOT_FOUND = "EVENT_NOT_FOUND"
    # All seats of the event are taken. FAILED_PRECONDITION.
    EVENT_FULL = "EVENT_FULL"
    # The event is over. FAILED_PRECONDITION.
    EVENT_OVER = "EVENT_OVER"
    # The event is not approved, so that nobody can come yet. FAILED_PRECONDITION.
    EVENT_NOT_APPROVED = "EVENT_NOT_APPROVED"
    # The host has refused the caller. FAILED_PRECONDITION.
    ATTENDANCE_REJECTED = "ATTENDANCE_REJECTED"
    # This person has not answered. NOT_FOUND.
    ATTENDEE_NOT_FOUND = "ATTENDEE_NOT_FOUND"
    # No such ticket, or none that the caller may know of. NOT_FOUND.
    TICKET_NOT_FOUND = "TICKET_NOT_FOUND"
    # The ticket is done with: ask anew. FAILED_PRECONDITION.
    TICKET_CLOSED = "TICKET_CLOSED"
    # Only the team says that it is at it. FAILED_PRECONDITION.
    TICKET_STATUS_OF_TEAM = "TICKET_STATUS_OF_TEAM"
