"""What NotificationService answers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from cnt_grpc.kit.events.dispatcher import Dispatcher
from cnt_grpc.kit.events.tail import End
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.notification import messages, rules
from cnt_grpc.notification.inbox import Unread
from cnt_grpc.pb.cnt.notification.v1 import notification_service
from cnt_grpc.pb.cnt.notification.v1 import notification_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class NotificationService(notification_service.Servicer):
    """The caller's inbox."""

    dispatcher: Dispatcher[Unread]

    async def ListNotifications(
        self, request: pb2.ListNotificationsRequest, call: Call
    ) -> pb2.ListNotificationsResponse:
        page = Page.of(
            request,
            method=f"{notification_service.SERVICE}/ListNotifications",
            filters=(call.caller.user_id, request.unread_only),
        )
        shown = await rules.inbox_page(call.tx, call.caller, page, unread_only=request.unread_only)
        return pb2.ListNotificationsResponse(
            notifications=[messages.notification(row) for row in shown.rows],
            next_page_token=shown.next_page_token,
            last_seq=shown.last_seq,
            unread_count=shown.unread,
        )

    async def GetUnreadCount(self, request: pb2.GetUnreadCountRequest, call: Call) -> pb2.GetUnreadCountResponse:  # noqa: ARG002
        return pb2.GetUnreadCountResponse(unread_count=await rules.unread_count(call.tx, call.caller))

    async def MarkNotificationsRead(
        self, request: pb2.MarkNotificationsReadRequest, call: Call
    ) -> pb2.MarkNotificationsReadResponse:
        left = await rules.mark_read(call.tx, call.caller, request.seqs)
        return pb2.MarkNotificationsReadResponse(unread_count=left)

    async def MarkAllNotificationsRead(
        self,
        request: pb2.MarkAllNotificationsReadRequest,  # noqa: ARG002
        call: Call,
    ) -> pb2.MarkAllNotificationsReadResponse:
        left = await rules.mark_read(call.tx, call.caller, None)
        return pb2.MarkAllNotificationsReadResponse(unread_count=left)

    async def DeleteNotification(
        self, request: pb2.DeleteNotificationRequest, call: Call
    ) -> pb2.DeleteNotificationResponse:
        left = await rules.delete(call.tx, call.caller, request.seq)
        return pb2.DeleteNotificationResponse(unread_count=left)

    async def DeleteNotifications(
        self, request: pb2.DeleteNotificationsRequest, call: Call
    ) -> pb2.DeleteNotificationsResponse:
        deleted, left = await rules.delete_many(call.tx, call.caller, read_only=request.read_only)
        return pb2.DeleteNotificationsResponse(deleted_count=deleted, unread_count=left)

    async def WatchNotifications(
        self, request: pb2.WatchNotificationsRequest, call: Call
    ) -> AsyncIterator[pb2.WatchNotificationsResponse]:
        with self.dispatcher.open(
            call.caller.user_id, request.after_seq, deadline=call.deadline, stopping=call.stopping
        ) as stream:
            while True:
                event = await stream.next()
                yield messages.event(event)
                if isinstance(event, End):
                    return

    async def GetNotificationPreferences(
        self,
        request: pb2.GetNotificationPreferencesRequest,  # noqa: ARG002
        call: Call,
    ) -> pb2.GetNotificationPreferencesResponse:
        found = await rules.preferences(call.tx, call.caller)
        return pb2.GetNotificationPreferencesResponse(
            preferences=[messages.preference(*each) for each in found.items()],
            **messages.settings(await rules.settings(call.tx, call.caller)),
        )

    async def UpdateNotificationPreferences(
        self, request: pb2.UpdateNotificationPreferencesRequest, call: Call
    ) -> pb2.UpdateNotificationPreferencesResponse:
        await rules.choose_settings(
            call.tx,
            call.caller,
            quiet=messages.quiet_hours(request.quiet_hours),
            sets_quiet=request.HasField("quiet_hours"),
            rhythm=messages.RHYTHMS.get(request.mail_rhythm),
        )
        now = await rules.choose(call.tx, call.caller, messages.changes(request.preferences))
        return pb2.UpdateNotificationPreferencesResponse(
            preferences=[messages.preference(*each) for each in now.items()],
            **messages.settings(await rules.settings(call.tx, call.caller)),
        )
