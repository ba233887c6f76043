"""What StreamChatService answers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from cnt_grpc import media
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.events.dispatcher import Dispatcher
from cnt_grpc.kit.events.tail import Beat, End, Row
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call, Caller
from cnt_grpc.live.blocks import Blocks
from cnt_grpc.live.log import State
from cnt_grpc.live.messages import log as messages
from cnt_grpc.live.messages import streams as stream_messages
from cnt_grpc.live.rules import chat as rules
from cnt_grpc.live.rules import streams
from cnt_grpc.pb.cnt.live.v1 import stream_chat_service
from cnt_grpc.pb.cnt.live.v1 import stream_chat_service_pb2 as pb2
from cnt_grpc.pb.cnt.live.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class StreamChatService(stream_chat_service.Servicer):
    """A stream's log."""

    dispatcher: Dispatcher[State]
    blocks: Blocks
    urls: media.Urls

    async def UpdateChatSettings(
        self, request: pb2.UpdateChatSettingsRequest, call: Call
    ) -> pb2.UpdateChatSettingsResponse:
        wanted = rules.Settings(
            enabled=request.chat.enabled,
            followers_only=request.chat.followers_only,
            slow_seconds=request.chat.slow_seconds,
            blocked_words=tuple(request.chat.blocked_words),
        )
        row = await rules.set_up(call.tx, call.caller, request.stream_id, wanted)
        return pb2.UpdateChatSettingsResponse(chat=stream_messages.chat(row, for_host=True))

    async def SendStreamMessage(
        self, request: pb2.SendStreamMessageRequest, call: Call
    ) -> pb2.SendStreamMessageResponse:
        row = await rules.say(call.tx, call.caller, request.stream_id, request.text)
        return pb2.SendStreamMessageResponse(message=messages.message(row, self.urls))

    async def ListStreamMessages(
        self, request: pb2.ListStreamMessagesRequest, call: Call
    ) -> pb2.ListStreamMessagesResponse:
        page = Page.of(
            request,
            method=f"{stream_chat_service.SERVICE}/ListStreamMessages",
            filters=(request.stream_id, call.caller.user_id),
        )
        rows, token, last_seq = await rules.page(call.tx, call.caller, request.stream_id, page)
        return pb2.ListStreamMessagesResponse(
            messages=[messages.message(row, self.urls) for row in rows], next_page_token=token, last_seq=last_seq
        )

    async def DeleteStreamMessage(
        self, request: pb2.DeleteStreamMessageRequest, call: Call
    ) -> pb2.DeleteStreamMessageResponse:
        await rules.take_out(call.tx, call.caller, request.stream_id, request.seq)
        return pb2.DeleteStreamMessageResponse()

    async def WatchStream(self, request: pb2.WatchStreamRequest, call: Call) -> AsyncIterator[pb2.WatchStreamResponse]:
        async with call.db.reading() as tx:
            host_id = (await streams.shown(tx, call.caller, request.stream_id))["host_id"]
        me = call.caller.user_id
        with (
            self.dispatcher.open(
                request.stream_id, request.after_seq, deadline=call.deadline, stopping=call.stopping
            ) as watch,
            self.blocks.heeding(host_id, me, watch.beat),
        ):
            while True:
                event = await watch.next()
                is_hidden = isinstance(event, Beat) and not event.state.is_shown
                if is_hidden or await self.blocks.between(host_id, me):
                    raise NotFound(Reason.STREAM_NOT_FOUND)
                if not await self._is_silenced(event, call.caller):
                    yield messages.event(event, self.urls)
                if isinstance(event, End):
                    return

    async def _is_silenced(self, event: Row | Beat[State] | End, reader: Caller) -> bool:
        """Whether it was written by somebody in a block with the reader."""
        if isinstance(event, Beat | End):
            return False
        return await self.blocks.between(event["user_id"] or 0, reader.user_id)
