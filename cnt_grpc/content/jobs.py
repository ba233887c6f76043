"""Background doors of the content room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from cnt_grpc import media
from cnt_grpc.content import previews, telling
from cnt_grpc.content.queries import listening
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.pb.cnt.content.v1.jobs_pb2 import CountPlays, CutPreview, ForgetPlays, RankByPlays

CUT_PREVIEW: Final = Job("content.cut_preview", CutPreview, attempts=3, timeout=timedelta(minutes=12), limit=2)
"""Cut a preview out of a film; each one takes a processor or two."""
COUNT_PLAYS: Final = Job("content.count_plays", CountPlays, attempts=2, limit=1)
"""Add new plays to the counters that people see."""
RANK_BY_PLAYS: Final = Job("content.rank_by_plays", RankByPlays, attempts=2, timeout=timedelta(minutes=30), limit=1)
"""Bring the order of the most played items up to date."""
FORGET_PLAYS: Final = Job("content.forget_plays", ForgetPlays, attempts=2, timeout=timedelta(minutes=30), limit=1)
"""Drop plays that are counted and old: an item that was played a million times must still be quick to delete."""

PERIODIC: Sequence[Periodic] = (
    Periodic("* * * * * */5", COUNT_PLAYS, CountPlays()),
    Periodic("7 * * * *", RANK_BY_PLAYS, RankByPlays()),
    Periodic("37 3 * * *", FORGET_PLAYS, ForgetPlays()),
)

_PLAYS: Final = 5000
"""Plays that are counted, or dropped, in one transaction."""
_KEPT: Final = timedelta(days=31)
"""For so long plays are kept: figures ask how many there were in the last thirty days."""
_IDS: Final = 10_000
"""Ids of items that are looked at in one transaction."""


async def cut_preview(tx: Tx, *, item_id: int, media_id: int, start: int, end: int, owner: int) -> None:
    """Have a preview cut out of a film (`start` and `end` in seconds) as soon as this transaction is committed."""
    key = f"video/previews/{uuid4().hex}.mp4"
    payload = CutPreview(item_id=item_id, media_id=media_id, start=start, end=end, key=key)
    await jobs.enqueue(tx, CUT_PREVIEW, payload, owner=owner)


@dataclass(frozen=True, slots=True)
class ContentJobs:
    """What the worker does for this room."""

    workshop: media.Workshop

    @property
    def handlers(self) -> Mapping[Job[Any], Handler]:
        """Every job of the room."""
        return {
            CUT_PREVIEW: self.cut_preview,
            COUNT_PLAYS: count_plays,
            RANK_BY_PLAYS: rank_by_plays,
            FORGET_PLAYS: forget_plays,
            telling.TELL_FOLLOWERS: telling.do_tell_followers,
        }

    async def cut_preview(self, payload: CutPreview, run: Run) -> None:
        """Cut a preview out of a film, unless the film is another by now."""
        cut = previews.Cut(payload.item_id, payload.media_id, payload.start, payload.end)
        film = await previews.make(self.workshop, run.db, cut, payload.key)
        if film is None:
            return
        async with run.finish() as tx:
            is_kept = await previews.keep(tx, self.workshop, cut, film)
        if not is_kept:
            await self.workshop.discard(film.key)


async def count_plays(_: CountPlays, run: Run) -> None:
    """Add new plays to the counters, a bounded number a transaction."""
    found = _PLAYS
    while found == _PLAYS and not run.cancelled.is_set():
        found = await run.db.transact(lambda tx: tx.value(listening.count_plays(_PLAYS)))


async def forget_plays(_: ForgetPlays, run: Run) -> None:
    """Drop old plays, a bounded number a transaction."""
    before, found = clock.now() - _KEPT, _PLAYS
    while found == _PLAYS and not run.cancelled.is_set():
        found = await run.db.transact(lambda tx: tx.run(listening.forget_plays(_PLAYS), before=before))


async def rank_by_plays(_: RankByPlays, run: Run) -> None:
    """Walk all items by id, and write those whose number of plays has changed."""
    async with run.db.reading() as tx:
        last: int = await tx.value(listening.last_item()) or 0
    for after in range(0, last, _IDS):
        if run.cancelled.is_set():
            return

        async def rank(tx: Tx, after: int = after) -> int:
            return await tx.run(listening.rank_items(), after=after, until=after + _IDS)

        await run.db.transact(rank)
