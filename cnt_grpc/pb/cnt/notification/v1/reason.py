# Generated from cnt/notification/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.notification.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call failed, as it stands in google.rpc.ErrorInfo.reason without the prefix REASON_."""

    # The caller's inbox holds no notification with this number. NOT_FOUND.
    NOTIFICATION_NOT_FOUND = "NOTIFICATION_NOT_FOUND"
    # What followed this number is no longer kept, or the inbox never gave the number: read the list again with
    # ListNotifications, and watch on from its last_seq. OUT_OF_RANGE.
    RESYNC = "RESYNC"
    # Notifications of this type always reach this channel, for the safety of the account. FAILED_PRECONDITION.
    NOTIFICATION_ALWAYS_SENT = "NOTIFICATION_ALWAYS_SENT"
    # No device of the caller has this id or this token. NOT_FOUND.
    DEVICE_NOT_FOUND = "DEVICE_NOT_FOUND"
    # No mail of ours carries this link, or it was cut short on the way. INVALID_ARGUMENT.
    UNSUBSCRIBE_LINK_INVALID = "UNSUBSCRIBE_LINK_INVALID"
