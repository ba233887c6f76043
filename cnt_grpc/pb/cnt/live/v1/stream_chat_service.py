# Generated from cnt/live/v1/stream_chat_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.live.v1.StreamChatService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.live.v1 import stream_chat_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.live.v1.StreamChatService"


class Servicer(Protocol):
    """A stream's log: messages of its chat and what happened to the stream, in one order for everyone. A message of somebody
    whom the caller has blocked, or who has blocked the caller, is left out.
    """

    __slots__ = ()

    @abstractmethod
    async def UpdateChatSettings(self, request: pb2.UpdateChatSettingsRequest, call: Call) -> pb2.UpdateChatSettingsResponse:
        """Changes how a stream's chat works, as a whole.
        Its host. STREAM_NOT_FOUND; STREAM_ENDED.
        """
        ...

    @abstractmethod
    async def SendStreamMessage(self, request: pb2.SendStreamMessageRequest, call: Call) -> pb2.SendStreamMessageResponse:
        """Says something in the chat of a stream that is on air or to come.
        Whoever is signed in and may come in; guests where the host lets them. STREAM_NOT_FOUND; STREAM_ENDED; AUDIENCE_CLOSED;
        BANNED_FROM_STREAM; CHAT_OFF; CHAT_FOLLOWERS_ONLY; CHAT_SLOW; CHAT_WORD_BLOCKED.
        """
        ...

    @abstractmethod
    async def ListStreamMessages(self, request: pb2.ListStreamMessagesRequest, call: Call) -> pb2.ListStreamMessagesResponse:
        """The messages of a stream's chat, newest first.
        Anyone. STREAM_NOT_FOUND; PAGE_TOKEN_INVALID.
        """
        ...

    @abstractmethod
    async def DeleteStreamMessage(self, request: pb2.DeleteStreamMessageRequest, call: Call) -> pb2.DeleteStreamMessageResponse:
        """Takes a message out of the chat, for everyone.
        Whoever wrote it, the stream's host, and moderators. STREAM_NOT_FOUND; STREAM_MESSAGE_NOT_FOUND.
        """
        ...

    @abstractmethod
    def WatchStream(self, request: pb2.WatchStreamRequest, call: Call) -> AsyncIterator[pb2.WatchStreamResponse]:
        """Sends a stream's log after a number, oldest first, and then each entry as it is written, exactly once and in order. A
        heartbeat says that the replay is complete, and how the stream stands; it comes again whenever that changes, and at
        least every 10 seconds. The last message before an orderly end is StreamEnd. Over HTTP each line is one message as JSON.
        Anyone. STREAM_NOT_FOUND; STREAM_RESYNC when what followed the number is no longer kept.
        """
        ...
