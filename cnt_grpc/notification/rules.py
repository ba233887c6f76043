"""What people may do with their inboxes. Whoever changes one holds its lock: changes come one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import Literal

from cnt_grpc.kit import clock, events
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.notification.local_time import QuietHours
from cnt_grpc.notification.notice import KINDS, Channel
from cnt_grpc.notification.outbox import TOPIC
from cnt_grpc.notification.queries import inboxes, outgoing
from cnt_grpc.notification.queries import preferences as preference_queries
from cnt_grpc.pb.cnt.notification.v1.reason import Reason

KEPT = timedelta(days=90)
"""How long a notification stays; a stream that wants to go on after an older one has to read the list again."""
CLEANED_AT_ONCE = 500
"""Old rows that one transaction looks at, so that nobody waits long for the inboxes that it locks."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of an inbox, and how the inbox stood at that moment."""

    rows: Sequence[Row]
    next_page_token: str
    last_seq: int
    unread: int


class MailRhythm(StrEnum):
    """How often mails come."""

    SINGLE = "single"
    """One for each notice."""
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Settings:
    """When a person does not want to be told, and how often by mail."""

    quiet: QuietHours | None = None
    rhythm: MailRhythm = MailRhythm.SINGLE


# -- reading ----------------------------------------------------------------------------------------------------------


async def inbox_page(tx: Tx, caller: Caller, page: Page, *, unread_only: bool) -> Shown:
    """A page of the caller's inbox, newest first."""
    found = await tx.all(
        inboxes.inbox_page(page.limit, unread_only=unread_only, first=page.is_first),
        recipient_id=caller.user_id,
        **page.params,
    )
    if not found:
        return Shown([], "", 0, 0)
    # An inbox without a row to show still comes as one row, with its state alone.
    rows, next_page_token = page.cut([row for row in found if row["seq"] is not None], key=lambda row: (row["seq"],))
    return Shown(rows, next_page_token, found[0]["last_seq"], found[0]["unread"])


async def unread_count(tx: Tx, caller: Caller) -> int:
    """How many notifications the caller has not read."""
    head = await tx.one(inboxes.head(), recipient_id=caller.user_id)
    return 0 if head is None else int(head["unread"])


# -- the owner's changes ----------------------------------------------------------------------------------------------


async def mark_read(tx: Tx, caller: Caller, seqs: Sequence[int] | None) -> int:
    """Mark these, or with None all, as read; what is left to read."""
    head = await tx.one(inboxes.lock(), recipient_id=caller.user_id)
    if head is None or not head["unread"]:
        return 0
    if seqs is None:
        left = await tx.value(inboxes.mark_read("all"), recipient_id=caller.user_id)
    else:
        left = await tx.value(inboxes.mark_read("some"), recipient_id=caller.user_id, seqs=list(seqs))
    if left != head["unread"]:
        _changed(tx, caller)
    return int(left)


async def delete(tx: Tx, caller: Caller, seq: int) -> int:
    """Delete one notification; what is left to read."""
    deleted, left = await _delete(tx, caller, "one", seq=seq)
    if not deleted:
        raise NotFound(Reason.NOTIFICATION_NOT_FOUND)
    return left


async def delete_many(tx: Tx, caller: Caller, *, read_only: bool) -> tuple[int, int]:
    """Delete all notifications, or those that are read; how many they were, and what is left to read."""
    return await _delete(tx, caller, "read" if read_only else "all")


async def _delete(tx: Tx, caller: Caller, which: Literal["one", "read", "all"], **params: int) -> tuple[int, int]:
    if await tx.one(inboxes.lock(), recipient_id=caller.user_id) is None:
        return 0, 0
    row = await tx.one(inboxes.delete_rows(which), recipient_id=caller.user_id, **params)
    assert row is not None, "the inbox is locked"
    if row["deleted"]:
        _changed(tx, caller)
    return row["deleted"], row["unread"]


def _changed(tx: Tx, caller: Caller) -> None:
    # The owner's other devices show the count, too.
    events.wake(tx, TOPIC, caller.user_id)


# -- preferences ------------------------------------------------------------------------------------------------------


async def preferences(tx: Tx, caller: Caller) -> dict[str, dict[Channel, bool]]:
    """For each type and channel, whether it reaches the caller."""
    chosen = {
        (row["type"], row["channel"]): row["enabled"]
        for row in await tx.all(preference_queries.choices(), recipient_id=caller.user_id)
    }
    return {
        name: {channel: chosen.get((name, channel), channel in kind.preferences.on) for channel in Channel}
        for name, kind in KINDS.items()
    }


async def choose(tx: Tx, caller: Caller, wanted: Mapping[tuple[str, Channel], bool]) -> dict[str, dict[Channel, bool]]:
    """Change what reaches the caller; how it is then."""
    for (name, channel), on in wanted.items():
        if not on and channel in KINDS[name].preferences.always:
            raise Precondition(Reason.NOTIFICATION_ALWAYS_SENT, type=name, channel=channel)
    # In one order, so that two devices that choose at once do not wait for each other for ever.
    rows = (
        {"recipient_id": caller.user_id, "type": name, "channel": channel, "enabled": on}
        for (name, channel), on in sorted(wanted.items())
    )
    await tx.many(preference_queries.choose(), rows)
    return await preferences(tx, caller)


async def settings(tx: Tx, caller: Caller) -> Settings:
    """When the caller does not want to be told, and how often by mail."""
    row = await tx.one(preference_queries.settings(), recipient_id=caller.user_id)
    return Settings() if row is None else Settings(quiet_hours(row), MailRhythm(row["mail_rhythm"]))


async def choose_settings(
    tx: Tx, caller: Caller, *, quiet: QuietHours | None, sets_quiet: bool, rhythm: MailRhythm | None
) -> None:
    """Change them: the quiet hours if `sets_quiet`, and the rhythm unless it is None."""
    if sets_quiet:
        begin, end = (None, None) if quiet is None else (_minutes(quiet.begin), _minutes(quiet.end))
        await tx.run(
            preference_queries.set_quiet_hours(), recipient_id=caller.user_id, quiet_from=begin, quiet_until=end
        )
    if rhythm is not None:
        await tx.run(preference_queries.set_mail_rhythm(), recipient_id=caller.user_id, mail_rhythm=rhythm)


def quiet_hours(row: Row) -> QuietHours | None:
    """Of a row with the two columns."""
    if row["quiet_from"] is None:
        return None
    return QuietHours(*(time(*divmod(row[name], 60)) for name in ("quiet_from", "quiet_until")))


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute


# -- time -------------------------------------------------------------------------------------------------------------


async def forget_old(tx: Tx) -> int:
    """Drop some of the notifications that are older than KEPT; how many inboxes had any. 0 when none is left."""
    before = clock.now() - KEPT
    old = [row["recipient_id"] for row in await tx.all(inboxes.lock_old(CLEANED_AT_ONCE), before=before)]
    if old:
        await tx.run(inboxes.forget(), recipient_ids=old, before=before)
    return len(old)


async def forget_old_deliveries(tx: Tx) -> int:
    """Drop some of the push messages and mails that are older than KEPT; how many."""
    return await tx.run(outgoing.forget(CLEANED_AT_ONCE), before=clock.now() - KEPT)
