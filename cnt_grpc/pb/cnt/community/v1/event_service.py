# Generated from cnt/community/v1/event_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.community.v1.EventService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.community.v1 import event_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.community.v1.EventService"


class Servicer(Protocol):
    """What people meet for, and who comes. Everyone sees what is approved, hosts see all that is theirs, moderators see all.
    What a caller may not see is answered like what does not exist, and so are the events of someone who blocked the caller
    or whom the caller blocked.
    """

    __slots__ = ()

    @abstractmethod
    async def CreateEvent(self, request: pb2.CreateEventRequest, call: Call) -> pb2.CreateEventResponse:
        """Announces an event. It waits for a moderator, unless a moderator or a verified artist made it.
        Anyone signed in with a real account. MEDIA_NOT_FOUND; MEDIA_WRONG_KIND; MEDIA_NOT_READY while the cover is examined.
        """
        ...

    @abstractmethod
    async def GetEvent(self, request: pb2.GetEventRequest, call: Call) -> pb2.GetEventResponse:
        """One event.
        Anyone. EVENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListEvents(self, request: pb2.ListEventsRequest, call: Call) -> pb2.ListEventsResponse:
        """Events: those to come by their beginning, those that are over latest first; all of them by their beginning.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def UpdateEvent(self, request: pb2.UpdateEventRequest, call: Call) -> pb2.UpdateEventResponse:
        """Changes an event. Another title, text, place or cover sends an approved one back to a moderator, unless a moderator or a
        verified artist made the change; any change of a rejected one sends it again. EVENT_FULL for fewer seats than are taken.
        Its host, and administrators. EVENT_NOT_FOUND; EVENT_FULL; the reasons of CreateEvent.
        """
        ...

    @abstractmethod
    async def DeleteEvent(self, request: pb2.DeleteEventRequest, call: Call) -> pb2.DeleteEventResponse:
        """Deletes an event; whoever wanted to come is told.
        Its host, and administrators. EVENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def JoinEvent(self, request: pb2.JoinEventRequest, call: Call) -> pb2.JoinEventResponse:
        """Says whether the caller comes. Where the host decides, the answer waits; a seat is taken when it is approved. The host is
        told of the first answer. The same answer twice is one.
        Anyone signed in with a real account. EVENT_NOT_FOUND; EVENT_FULL; EVENT_OVER; EVENT_NOT_APPROVED; ATTENDANCE_REJECTED.
        """
        ...

    @abstractmethod
    async def LeaveEvent(self, request: pb2.LeaveEventRequest, call: Call) -> pb2.LeaveEventResponse:
        """Takes the answer back, which frees the seat; without an answer it does nothing.
        Anyone signed in with a real account. EVENT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListAttendees(self, request: pb2.ListAttendeesRequest, call: Call) -> pb2.ListAttendeesResponse:
        """Who has answered, the earliest first, and not that they do not come.
        The host, and administrators. EVENT_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def DecideAttendee(self, request: pb2.DecideAttendeeRequest, call: Call) -> pb2.DecideAttendeeResponse:
        """Lets someone come who wants to, or refuses them, which frees their seat; they are told.
        The host, and administrators. EVENT_NOT_FOUND; ATTENDEE_NOT_FOUND; EVENT_FULL.
        """
        ...

    @abstractmethod
    async def ListHostedEvents(self, request: pb2.ListHostedEventsRequest, call: Call) -> pb2.ListHostedEventsResponse:
        """The caller's own events, whatever their status, those that begin last first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListAttendingEvents(self, request: pb2.ListAttendingEventsRequest, call: Call) -> pb2.ListAttendingEventsResponse:
        """The events to which the caller goes or may go, those that begin last first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetEventCalendar(self, request: pb2.GetEventCalendarRequest, call: Call) -> pb2.GetEventCalendarResponse:
        """An event as a calendar file (RFC 5545), to be opened by calendars.
        Anyone. EVENT_NOT_FOUND.
        """
        ...
