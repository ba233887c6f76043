# Generated from cnt/moderation/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.moderation.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call to the moderation room failed, as it stands in google.rpc.ErrorInfo.reason without the prefix REASON_."""

    # No content of this type has this id. NOT_FOUND.
    SUBJECT_NOT_FOUND = "SUBJECT_NOT_FOUND"
    # The content stands already where the call would put it, or cannot come there from where it stands; metadata:
    # status. FAILED_PRECONDITION.
    STATUS_UNSUITABLE = "STATUS_UNSUITABLE"
    # Nobody decides on what they made themselves. PERMISSION_DENIED.
    OWN_CASE = "OWN_CASE"
    # No report has this id. NOT_FOUND.
    REPORT_NOT_FOUND = "REPORT_NOT_FOUND"
    # Somebody has decided on the report; metadata: status. FAILED_PRECONDITION.
    REPORT_RESOLVED = "REPORT_RESOLVED"
