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
    # We have no client at Google, or not its secret; metadata `setting` names what is missing. FAILED_PRECONDITION.
    DRIVE_NOT_CONFIGURED = "DRIVE_NOT_CONFIGURED"
    # The administrator has connected no Google Drive, or taken their consent back. FAILED_PRECONDITION.
    DRIVE_NOT_CONNECTED = "DRIVE_NOT_CONNECTED"
    # Google takes the code no more, or the state is another's, too old, or was made up. INVALID_ARGUMENT.
    DRIVE_SIGN_IN_INVALID = "DRIVE_SIGN_IN_INVALID"
    # No such file in the administrator's Google Drive. NOT_FOUND.
    DRIVE_FILE_NOT_FOUND = "DRIVE_FILE_NOT_FOUND"
    # Google Drive does not let the administrator read or download that. FAILED_PRECONDITION.
    DRIVE_FILE_REFUSED = "DRIVE_FILE_REFUSED"
    # No such import, or none of the caller's. NOT_FOUND.
    DRIVE_IMPORT_NOT_FOUND = "DRIVE_IMPORT_NOT_FOUND"
