"""Answers EventService: request, rules, message."""

from dataclasses import dataclass

from google.api.httpbody_pb2 import HttpBody

from cnt_grpc import media
from cnt_grpc.community import calendars
from cnt_grpc.community.messages import events as messages
from cnt_grpc.community.rules import attendance, event_lists, events
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.community.v1 import event_service
from cnt_grpc.pb.cnt.community.v1 import event_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class EventService(event_service.Servicer):
    """What people meet for, and who comes."""

    urls: media.Urls

    async def CreateEvent(self, request: pb2.CreateEventRequest, call: Call) -> pb2.CreateEventResponse:
        row = await events.create(call.tx, call.caller, messages.new_event(request))
        return pb2.CreateEventResponse(event=messages.event(row, self.urls))

    async def GetEvent(self, request: pb2.GetEventRequest, call: Call) -> pb2.GetEventResponse:
        row = await events.shown(call.tx, call.caller, request.event_id)
        return pb2.GetEventResponse(event=messages.event(row, self.urls))

    async def ListEvents(self, request: pb2.ListEventsRequest, call: Call) -> pb2.ListEventsResponse:
        wanted = messages.event_filter(request)
        page = Page.of(request, method=call.method, filters=wanted.key)
        rows, next_page_token = await event_lists.listed(call.tx, call.caller, wanted, page)
        return messages.page(pb2.ListEventsResponse(), rows, next_page_token, self.urls)

    async def UpdateEvent(self, request: pb2.UpdateEventRequest, call: Call) -> pb2.UpdateEventResponse:
        row = await events.update(call.tx, call.caller, request.event_id, messages.event_changes(request))
        return pb2.UpdateEventResponse(event=messages.event(row, self.urls))

    async def DeleteEvent(self, request: pb2.DeleteEventRequest, call: Call) -> pb2.DeleteEventResponse:
        await events.delete(call.tx, call.caller, request.event_id)
        return pb2.DeleteEventResponse()

    async def JoinEvent(self, request: pb2.JoinEventRequest, call: Call) -> pb2.JoinEventResponse:
        answer = messages.ANSWER_ASKED.get(request.answer, attendance.GOING)
        row = await attendance.join(call.tx, call.caller, request.event_id, answer)
        return pb2.JoinEventResponse(event=messages.event(row, self.urls))

    async def LeaveEvent(self, request: pb2.LeaveEventRequest, call: Call) -> pb2.LeaveEventResponse:
        row = await attendance.leave(call.tx, call.caller, request.event_id)
        return pb2.LeaveEventResponse(event=messages.event(row, self.urls))

    async def ListAttendees(self, request: pb2.ListAttendeesRequest, call: Call) -> pb2.ListAttendeesResponse:
        status = messages.STATUS_ASKED.get(request.status)
        page = Page.of(request, method=call.method, filters=(request.event_id, status))
        rows, token = await attendance.listed(call.tx, call.caller, request.event_id, status, page)
        found = (messages.attendee(row, self.urls) for row in rows)
        return pb2.ListAttendeesResponse(attendees=found, next_page_token=token)

    async def DecideAttendee(self, request: pb2.DecideAttendeeRequest, call: Call) -> pb2.DecideAttendeeResponse:
        status = messages.STATUS_ASKED[request.status]
        row = await attendance.decide(call.tx, call.caller, request.event_id, request.user_id, status)
        return pb2.DecideAttendeeResponse(attendee=messages.attendee(row, self.urls))

    async def ListHostedEvents(self, request: pb2.ListHostedEventsRequest, call: Call) -> pb2.ListHostedEventsResponse:
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, next_page_token = await event_lists.hosted(call.tx, call.caller, page)
        return messages.page(pb2.ListHostedEventsResponse(), rows, next_page_token, self.urls)

    async def ListAttendingEvents(
        self, request: pb2.ListAttendingEventsRequest, call: Call
    ) -> pb2.ListAttendingEventsResponse:
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, next_page_token = await event_lists.attending(call.tx, call.caller, page)
        return messages.page(pb2.ListAttendingEventsResponse(), rows, next_page_token, self.urls)

    async def GetEventCalendar(self, request: pb2.GetEventCalendarRequest, call: Call) -> pb2.GetEventCalendarResponse:
        row = await events.shown(call.tx, call.caller, int(request.file.removesuffix(".ics")))
        body = HttpBody(content_type="text/calendar; charset=utf-8", data=calendars.calendar(row))
        return pb2.GetEventCalendarResponse(calendar=body)
