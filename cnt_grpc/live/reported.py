"""What people report of the live room: streams, and what is said in their chats."""

from collections.abc import Sequence

from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live.queries import log as queries
from cnt_grpc.live.queries import streams as stream_queries
from cnt_grpc.live.rules import streams
from cnt_grpc.live.rules.oversight import MESSAGE, STREAM
from cnt_grpc.moderation import Thing, begin


class ReportedStreams:
    """Streams, as moderation.Reportable asks for them; a meeting is seen by nobody who was not asked in."""

    name = STREAM

    async def author_of(self, tx: Tx, caller: Caller, thing_id: int) -> int | None:
        """Whose stream it is, if the caller may see it."""
        try:
            return int((await streams.shown(tx, caller, thing_id))["host_id"])
        except NotFound:
            return None

    async def things(self, tx: Tx, thing_ids: Sequence[int]) -> Sequence[Thing]:
        """The streams with these ids."""
        return [
            Thing(self.name, row["id"], row["title"], row["host_id"], row["host_name"], row["host_username"])
            for row in await tx.all(stream_queries.streams_to_show(), ids=thing_ids)
        ]


class ReportedMessages:
    """Messages of chats, likewise. One that was taken out is gone."""

    name = MESSAGE

    async def author_of(self, tx: Tx, caller: Caller, thing_id: int) -> int | None:
        """Whose message it is, if the caller may see it."""
        writer: int | None = await tx.value(queries.visible_writer(), message_id=thing_id, caller_id=caller.user_id)
        return writer

    async def things(self, tx: Tx, thing_ids: Sequence[int]) -> Sequence[Thing]:
        """The messages with these ids."""
        return [
            Thing(self.name, row["id"], begin(row["text"]), row["user_id"], row["name"], row["username"])
            for row in await tx.all(queries.messages_to_show(), ids=thing_ids)
        ]
