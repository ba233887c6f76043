"""What may be said in a stream's chat, and who may take it out again."""

import re
import unicodedata
from dataclasses import dataclass

from cnt_grpc import content
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Denied, Exhausted, NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live import log
from cnt_grpc.live.identities import identity_of
from cnt_grpc.live.queries import log as queries
from cnt_grpc.live.queries import people
from cnt_grpc.live.queries import streams as stream_queries
from cnt_grpc.live.rules import oversight, streams
from cnt_grpc.live.rules.joining import refuse_audience
from cnt_grpc.live.standing import Entry
from cnt_grpc.pb.cnt.live.v1.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a chat works."""

    enabled: bool
    followers_only: bool
    slow_seconds: int
    blocked_words: tuple[str, ...]


async def set_up(tx: Tx, caller: Caller, stream_id: int, wanted: Settings) -> Row:
    """Change how a stream's chat works. Raises NotFound, Precondition."""
    stream = await streams.own(tx, caller, stream_id, locked=True)
    streams.refuse_ended(stream)
    await tx.run(
        stream_queries.update_chat(),
        stream_id=stream_id,
        chat_enabled=wanted.enabled,
        chat_followers_only=wanted.followers_only,
        chat_slow_seconds=wanted.slow_seconds,
        chat_blocked_words=list(wanted.blocked_words),
        now=clock.now(),
    )
    return await streams.own(tx, caller, stream_id)


async def say(tx: Tx, caller: Caller, stream_id: int, text: str) -> Row:
    """Write a message. Raises NotFound, Precondition, Denied, Exhausted."""
    stream = await streams.shown(tx, caller, stream_id)
    streams.refuse_ended(stream)
    if stream["host_id"] != caller.user_id:
        await _refuse_guest_of_host(tx, caller, stream, text)
    seq = await log.write(tx, stream_id, Entry.CHAT, user_id=caller.user_id, text=text)
    return await _entry(tx, stream_id, seq)


async def _refuse_guest_of_host(tx: Tx, caller: Caller, stream: Row, text: str) -> None:
    """Apply what the host has set to everyone but the host."""
    refuse_audience(stream, caller)
    stands = await tx.one(people.standing(), stream_id=stream["id"], identity=identity_of(caller.user_id))
    if stands is not None and stands["banned"]:
        raise Denied(Reason.BANNED_FROM_STREAM)
    if not stream["chat_enabled"]:
        raise Precondition(Reason.CHAT_OFF)
    if stream["chat_followers_only"] and not await content.is_following(tx, caller.user_id, stream["host_id"]):
        raise Denied(Reason.CHAT_FOLLOWERS_ONLY)
    if holds_word(text, stream["chat_blocked_words"]):
        raise Precondition(Reason.CHAT_WORD_BLOCKED)
    if stream["chat_slow_seconds"]:
        await _refuse_haste(tx, caller, stream)


async def _refuse_haste(tx: Tx, caller: Caller, stream: Row) -> None:
    # The lock that orders the log is taken before looking: of two messages at once, one sees the other.
    await tx.one(stream_queries.own_stream(None, locked=True, anyones=True), stream_id=stream["id"])
    said_at = await tx.value(queries.last_said(), stream_id=stream["id"], user_id=caller.user_id)
    if said_at is not None:
        wait = stream["chat_slow_seconds"] - (clock.now() - said_at).total_seconds()
        if wait > 0:
            raise Exhausted(Reason.CHAT_SLOW, retry_after=wait)


def holds_word(text: str, words: list[str]) -> bool:
    """Whether one of the words stands in the text as a word, whatever their case and form."""
    plain = _plain(text)
    return any(re.search(rf"(?<!\w){re.escape(_plain(word))}(?!\w)", plain) for word in words if word.strip())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


async def page(tx: Tx, caller: Caller, stream_id: int, wanted: Page) -> tuple[list[Row], str, int]:
    """A page of a chat, newest first, the token of the next one, and the newest number of the log. Raises NotFound."""
    await streams.shown(tx, caller, stream_id)
    last_seq: int = await tx.value(queries.last_seq(), stream_id=stream_id)
    stmt = queries.chat_page(wanted.limit, after=not wanted.is_first)
    rows = await tx.all(stmt, stream_id=stream_id, caller_id=caller.user_id, **wanted.params)
    return *wanted.cut(rows, key=lambda row: (row["seq"],)), last_seq


async def take_out(tx: Tx, caller: Caller, stream_id: int, seq: int) -> None:
    """Take a message out, for everyone. Raises NotFound."""
    stream = await streams.shown(tx, caller, stream_id)
    is_host = stream["host_id"] == caller.user_id
    anyones = is_host or caller.is_moderator
    mine = {} if anyones else {"caller_id": caller.user_id}
    gone = await tx.one(queries.remove(anyones=anyones), stream_id=stream_id, seq=seq, **mine)
    if gone is None:
        raise NotFound(Reason.STREAM_MESSAGE_NOT_FOUND)
    writer_id = gone["user_id"]
    await log.write(tx, stream_id, Entry.REMOVAL, user_id=writer_id, data={"seq": seq})
    await oversight.of_message(tx, caller, stream, seq=seq, message_id=gone["id"], writer_id=writer_id)


async def _entry(tx: Tx, stream_id: int, seq: int) -> Row:
    row = await tx.one(queries.one(), stream_id=stream_id, seq=seq)
    assert row is not None  # written in this transaction
    return row
