"""What moderators do to streams and messages of others: it is written down, and whose they are is told."""

from collections.abc import Mapping

from cnt_grpc import moderation, notification
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller

STREAM = "stream"
"""What reports, the audit and notices call streams."""
MESSAGE = "message"
"""And what is said in their chats."""


async def of_stream(tx: Tx, caller: Caller, action: str, stream: Row, why: str) -> None:
    """Note what the caller did to a stream, unless it is the caller's own; `why` is told to its host."""
    if stream["host_id"] == caller.user_id:
        return
    before = {"status": stream["status"], "host_id": stream["host_id"]}
    _write_down(tx, caller, action, stream["id"], before)
    notice = notification.ContentRejected(
        content_type=STREAM, content_id=stream["id"], content_title=stream["title"], reason=why
    )
    await notification.tell(tx, [stream["host_id"]], notice)


async def of_message(tx: Tx, caller: Caller, stream: Row, *, seq: int, message_id: int, writer_id: int) -> None:
    """Note that the caller took a message out of a chat, unless it was said by or to the caller.

    Its words are not kept: who is told knows them.
    """
    if caller.user_id in {writer_id, stream["host_id"]}:
        return
    _write_down(tx, caller, "remove_message", stream["id"], {"seq": seq, "user_id": writer_id})
    notice = notification.ContentRejected(
        content_type=MESSAGE,
        content_id=message_id,
        content_title=f"Your message in {stream['title']}",
        reason="a moderator took it out",
    )
    await notification.tell(tx, [writer_id], notice)


def _write_down(tx: Tx, caller: Caller, action: str, stream_id: int, before: Mapping[str, object]) -> None:
    act = moderation.Act(
        actor_id=caller.user_id, action=action, target_kind=STREAM, target_id=stream_id, before=before, after={}
    )
    moderation.record(tx, act)
