# Generated from cnt/live/v1/live_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.live.v1.LiveService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.live.v1 import live_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.live.v1.LiveService"


class Servicer(Protocol):
    """Streams, from the announcement to the end. Picture and sound travel over LiveKit; who may do what there is decided here
    and written into short-lived tokens. Whoever is blocked by the host, or has blocked them, sees none of their streams.
    """

    __slots__ = ()

    @abstractmethod
    async def CreateStream(self, request: pb2.CreateStreamRequest, call: Call) -> pb2.CreateStreamResponse:
        """Announces a stream. It goes on air when its host joins its room.
        Anyone signed in with a real account. No reason of its own.
        """
        ...

    @abstractmethod
    async def GetStream(self, request: pb2.GetStreamRequest, call: Call) -> pb2.GetStreamResponse:
        """One stream.
        Anyone. STREAM_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListStreams(self, request: pb2.ListStreamsRequest, call: Call) -> pb2.ListStreamsResponse:
        """Streams, newest first: by when they began, else by when they are to begin, else by when they were announced.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def UpdateStream(self, request: pb2.UpdateStreamRequest, call: Call) -> pb2.UpdateStreamResponse:
        """Changes what a stream says of itself.
        Its host. STREAM_NOT_FOUND; STREAM_ENDED.
        """
        ...

    @abstractmethod
    async def DeleteStream(self, request: pb2.DeleteStreamRequest, call: Call) -> pb2.DeleteStreamResponse:
        """Deletes a stream that is not on air, with its chat.
        Its host, and moderators. STREAM_NOT_FOUND; STREAM_IS_LIVE.
        """
        ...

    @abstractmethod
    async def JoinStream(self, request: pb2.JoinStreamRequest, call: Call) -> pb2.JoinStreamResponse:
        """Lets the caller into a stream's room: a token for LiveKit, good for two minutes to come in with. The host opens the
        room by joining; who the caller is and what they may do there follows from their session alone.
        Anyone whom the host's audience includes. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; STREAM_ENDED; STREAM_NOT_STARTED;
        AUDIENCE_CLOSED; BANNED_FROM_STREAM; PARTY_UNAVAILABLE when LiveKit does not answer.
        """
        ...

    @abstractmethod
    async def JoinStreamByRoom(self, request: pb2.JoinStreamByRoomRequest, call: Call) -> pb2.JoinStreamByRoomResponse:
        """Like JoinStream, for a stream found by its room's name, as links name it.
        Anyone whom the host's audience includes. The reasons of JoinStream.
        """
        ...

    @abstractmethod
    async def ReportHostJoined(self, request: pb2.ReportHostJoinedRequest, call: Call) -> pb2.ReportHostJoinedResponse:
        """Says that the host is in the room: LiveKit is asked, the stream goes on air, and the host's followers are told, once
        for each stream. LiveKit says so by itself, too; this spares the wait.
        Its host. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; STREAM_ENDED; HOST_NOT_IN_ROOM; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def EndStream(self, request: pb2.EndStreamRequest, call: Call) -> pb2.EndStreamResponse:
        """Ends a stream for everyone, for good. Ending an ended one changes nothing.
        Its host, and moderators. STREAM_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def ListLiveStreams(self, request: pb2.ListLiveStreamsRequest, call: Call) -> pb2.ListLiveStreamsResponse:
        """Streams on air, the latest to begin first.
        Anyone. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListPastStreams(self, request: pb2.ListPastStreamsRequest, call: Call) -> pb2.ListPastStreamsResponse:
        """The caller's own streams that are over, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def ListRecommendedStreams(self, request: pb2.ListRecommendedStreamsRequest, call: Call) -> pb2.ListRecommendedStreamsResponse:
        """Streams to look into now: on air with the most viewers, then those that begin soonest. Twenty at most, no pages: the
        order changes by the minute.
        Anyone. No reason of its own.
        """
        ...

    @abstractmethod
    async def ListFollowedStreams(self, request: pb2.ListFollowedStreamsRequest, call: Call) -> pb2.ListFollowedStreamsResponse:
        """Streams of people whom the caller follows that are on air or to come, newest first.
        Anyone signed in with a real account. PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def SearchStreams(self, request: pb2.SearchStreamsRequest, call: Call) -> pb2.SearchStreamsResponse:
        """Streams whose title, description or host's name holds the words, on air first, then by time; the last word may be
        unfinished. Fifty at most.
        Anyone. No reason of its own.
        """
        ...

    @abstractmethod
    async def GetStreamOfPerson(self, request: pb2.GetStreamOfPersonRequest, call: Call) -> pb2.GetStreamOfPersonResponse:
        """The stream of a person that is on air, or else the one that begins next.
        Anyone. STREAM_NOT_FOUND.
        """
        ...
