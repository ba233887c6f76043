# Generated from cnt/live/v1/stage_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.live.v1.StageService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.live.v1 import stage_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.live.v1.StageService"


class Servicer(Protocol):
    """The people in a room. A stream_id names a meeting as well."""

    __slots__ = ()

    @abstractmethod
    async def ListParticipants(self, request: pb2.ListParticipantsRequest, call: Call) -> pb2.ListParticipantsResponse:
        """Who is in the room now, and who waits to be let in; LiveKit is asked.
        Its host. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def MuteParticipant(self, request: pb2.MuteParticipantRequest, call: Call) -> pb2.MuteParticipantResponse:
        """Silences what somebody publishes: sound, picture, or both. They may speak again when they unmute themselves; to keep
        them silent, make them a viewer.
        Its host. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; PARTICIPANT_NOT_FOUND; HOST_IS_UNTOUCHABLE; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def RemoveParticipant(self, request: pb2.RemoveParticipantRequest, call: Call) -> pb2.RemoveParticipantResponse:
        """Puts somebody out of the room. They may come back.
        Its host. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; PARTICIPANT_NOT_FOUND; HOST_IS_UNTOUCHABLE; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def BanParticipant(self, request: pb2.BanParticipantRequest, call: Call) -> pb2.BanParticipantResponse:
        """Puts somebody out of the room for good: no new token is made for them, and one that they still hold does not keep them
        in.
        Its host. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; PARTICIPANT_NOT_FOUND; HOST_IS_UNTOUCHABLE; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def PromoteParticipant(self, request: pb2.PromoteParticipantRequest, call: Call) -> pb2.PromoteParticipantResponse:
        """Makes somebody a speaker, who publishes, or a viewer again, who listens; now and whenever they come back.
        Its host. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; PARTICIPANT_NOT_FOUND; HOST_IS_UNTOUCHABLE;
        LISTENER_CANNOT_SPEAK; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def ListStreamBans(self, request: pb2.ListStreamBansRequest, call: Call) -> pb2.ListStreamBansResponse:
        """Who is banned from a stream, the latest first.
        Its host. STREAM_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def LiftStreamBan(self, request: pb2.LiftStreamBanRequest, call: Call) -> pb2.LiftStreamBanResponse:
        """Lets somebody who was banned come back. Lifting none changes nothing.
        Its host. STREAM_NOT_FOUND.
        """
        ...
