"""Reminders: whoever comes to an event hears of it a day before it begins, once."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from cnt_grpc import notification
from cnt_grpc.community.queries import attendees, event_changes
from cnt_grpc.community.queries import events as queries
from cnt_grpc.community.rules.event_standing import KIND
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.pb.cnt.community.v1.event_service_pb2 import RemindOfEvents

BEFORE: Final = timedelta(hours=24)
_EVENTS: Final = 50
"""Events of one transaction."""

REMIND: Final = Job("community.remind_of_events", RemindOfEvents, attempts=2, limit=1)
"""Remind people of events that begin within a day."""


async def _remind(_: RemindOfEvents, run: Run) -> None:
    found = _EVENTS
    while found == _EVENTS and not run.cancelled.is_set():
        found = await run.db.transact(_some)


async def _some(tx: Tx) -> int:
    now = clock.now()
    soon = {row["id"]: row for row in await tx.all(queries.events_to_remind(_EVENTS), now=now, until=now + BEFORE)}
    if soon:
        await tx.run(event_changes.set_reminded(), ids=list(soon), now=now)
        for row in await tx.all(attendees.coming(), ids=list(soon)):
            event = soon[row["event_id"]]
            starts = f"{event['starts_at']:%Y-%m-%d %H:%M} UTC"
            notice = notification.EventReminder(event_id=event["id"], event_title=event["title"], starts_at=starts)
            await notification.tell(tx, row["user_ids"], notice, about=notification.thing(KIND, event["id"]))
    return len(soon)


REMINDER_HANDLERS: Mapping[Job[Any], Handler] = {REMIND: _remind}
PERIODIC: Sequence[Periodic] = (Periodic("*/5 * * * *", REMIND, RemindOfEvents()),)
