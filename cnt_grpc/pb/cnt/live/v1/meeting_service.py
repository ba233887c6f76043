# Generated from cnt/live/v1/meeting_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.live.v1.MeetingService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.live.v1 import meeting_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.live.v1.MeetingService"


class Servicer(Protocol):
    """Meetings. No list shows them: whoever has the link may knock, with the password if there is one."""

    __slots__ = ()

    @abstractmethod
    async def CreateMeeting(self, request: pb2.CreateMeetingRequest, call: Call) -> pb2.CreateMeetingResponse:
        """Makes a meeting, and its link's name.
        Anyone signed in with a real account. No reason of its own.
        """
        ...

    @abstractmethod
    async def ListMyMeetings(self, request: pb2.ListMyMeetingsRequest, call: Call) -> pb2.ListMyMeetingsResponse:
        """The caller's own meetings, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def GetMeeting(self, request: pb2.GetMeetingRequest, call: Call) -> pb2.GetMeetingResponse:
        """A meeting, for whoever has its link.
        Anyone signed in, guests included. MEETING_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def JoinMeeting(self, request: pb2.JoinMeetingRequest, call: Call) -> pb2.JoinMeetingResponse:
        """Lets the caller into a meeting, or into its waiting room: then there is no token, and the call is to be made again once
        the host has let them in. The host begins the meeting by joining.
        Whoever has the link; guests where the host lets them. MEETING_NOT_FOUND; LIVE_NOT_CONFIGURED; MEETING_ENDED;
        MEETING_NOT_STARTED; MEETING_PASSWORD_WRONG; AUDIENCE_CLOSED; BANNED_FROM_STREAM; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def AdmitParticipant(self, request: pb2.AdmitParticipantRequest, call: Call) -> pb2.AdmitParticipantResponse:
        """Lets somebody in who waits, or everyone who does.
        Its host. MEETING_NOT_FOUND; PARTICIPANT_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def EndMeeting(self, request: pb2.EndMeetingRequest, call: Call) -> pb2.EndMeetingResponse:
        """Ends a meeting for everyone, for good. Ending an ended one changes nothing.
        Its host. MEETING_NOT_FOUND.
        """
        ...
