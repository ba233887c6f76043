# Generated from cnt/notification/v1/notification_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.notification.v1.NotificationService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.notification.v1 import notification_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.notification.v1.NotificationService"


class Servicer(Protocol):
    """Shows a person what they are told. Every method speaks of the caller's own inbox: nobody reads another's."""

    __slots__ = ()

    @abstractmethod
    async def ListNotifications(self, request: pb2.ListNotificationsRequest, call: Call) -> pb2.ListNotificationsResponse:
        """The notifications of the caller, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID for a token that did not come from this list.
        """
        ...

    @abstractmethod
    async def GetUnreadCount(self, request: pb2.GetUnreadCountRequest, call: Call) -> pb2.GetUnreadCountResponse:
        """How many notifications the caller has not read.
        Anyone signed in with a real account. No reason of its own.
        """
        ...

    @abstractmethod
    async def MarkNotificationsRead(self, request: pb2.MarkNotificationsReadRequest, call: Call) -> pb2.MarkNotificationsReadResponse:
        """Marks some notifications as read. Numbers that the inbox does not hold (deleted meanwhile, perhaps) change nothing.
        Anyone signed in with a real account. No reason of its own.
        """
        ...

    @abstractmethod
    async def MarkAllNotificationsRead(self, request: pb2.MarkAllNotificationsReadRequest, call: Call) -> pb2.MarkAllNotificationsReadResponse:
        """Marks as read everything that the inbox holds now.
        Anyone signed in with a real account. No reason of its own.
        """
        ...

    @abstractmethod
    async def DeleteNotification(self, request: pb2.DeleteNotificationRequest, call: Call) -> pb2.DeleteNotificationResponse:
        """Deletes one notification.
        Its owner. NOTIFICATION_NOT_FOUND when the caller's inbox holds no such number.
        """
        ...

    @abstractmethod
    async def DeleteNotifications(self, request: pb2.DeleteNotificationsRequest, call: Call) -> pb2.DeleteNotificationsResponse:
        """Deletes everything that the inbox holds now, or what of it is read.
        Anyone signed in with a real account. No reason of its own.
        """
        ...

    @abstractmethod
    def WatchNotifications(self, request: pb2.WatchNotificationsRequest, call: Call) -> AsyncIterator[pb2.WatchNotificationsResponse]:
        """Sends what the inbox holds after a number, oldest first, and then each new notification as it is written; exactly once
        and in the order of the numbers. A heartbeat says that the replay is complete, comes again whenever the unread count
        changes otherwise, and at least every 10 seconds. The last message before an orderly end is StreamEnd: open the stream
        again after its last_seq. Over HTTP each line is one message as JSON.
        Anyone signed in, guests included. RESYNC when what followed the number is no longer kept.
        """
        ...

    @abstractmethod
    async def GetNotificationPreferences(self, request: pb2.GetNotificationPreferencesRequest, call: Call) -> pb2.GetNotificationPreferencesResponse:
        """For each type of notification, where the caller wants to be told; and when not, and how often by mail.
        Anyone signed in with a real account. No reason of its own.
        """
        ...

    @abstractmethod
    async def UpdateNotificationPreferences(self, request: pb2.UpdateNotificationPreferencesRequest, call: Call) -> pb2.UpdateNotificationPreferencesResponse:
        """Changes where, when and how often the caller wants to be told. What is absent stays as it is.
        Anyone signed in with a real account. NOTIFICATION_ALWAYS_SENT for a channel that this type may not be cut off from.
        """
        ...
