# Generated from cnt/admin/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.admin.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call to the admin room failed, as it stands in google.rpc.ErrorInfo.reason without the prefix REASON_."""

    # Nobody changes their own roles, bans or deletes themselves by the powers that they have over others.
    # PERMISSION_DENIED.
    ACT_ON_ONESELF = "ACT_ON_ONESELF"
    # No such application, or none of the caller's own. NOT_FOUND.
    APPLICATION_NOT_FOUND = "APPLICATION_NOT_FOUND"
    # The caller's last application still waits. FAILED_PRECONDITION.
    APPLICATION_PENDING = "APPLICATION_PENDING"
    # The caller is a creator already. FAILED_PRECONDITION.
    CREATOR_ALREADY = "CREATOR_ALREADY"
    # The application is decided. FAILED_PRECONDITION.
    APPLICATION_DECIDED = "APPLICATION_DECIDED"
    # No defect of this id, or one that happened more than 14 days ago. NOT_FOUND.
    ERROR_NOT_FOUND = "ERROR_NOT_FOUND"
