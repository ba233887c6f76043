"""What is particular to films: the day on which they came out, previews, ratings, and which ones are alike."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from cnt_grpc.content import jobs
from cnt_grpc.content.kinds import MOVIE
from cnt_grpc.content.queries import changes, ratings
from cnt_grpc.content.rules import files, items
from cnt_grpc.content.rules.items import Changes, Filter
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid, NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate, Status
from cnt_grpc.pb.cnt.content.v1.reason import Reason

LONGEST_PREVIEW: Final = 300
"""Seconds."""

_CUT_FROM: Final = ("media_id", "preview_start_time", "preview_end_time")
"""What a preview is cut from: when one of these changes, it is cut anew."""


async def create(tx: Tx, caller: Caller, wanted: Changes) -> Row:
    """Publish a film, and have its preview cut. Raises what items.create raises, and Invalid."""
    _check_day(wanted.details)
    row = await items.create(tx, caller, MOVIE, wanted)
    await _ask_for_preview(tx, row)
    return row


async def update(tx: Tx, caller: Caller, movie_id: int, wanted: Changes) -> Row:
    """Change a film, and have its preview cut anew if need be. Raises what items.update raises, and Invalid."""
    _check_day(wanted.details)
    old = await items.own(tx, caller, MOVIE, movie_id)
    row = await items.update(tx, caller, MOVIE, movie_id, wanted)
    if all(old[name] == row[name] for name in _CUT_FROM):
        return row
    await tx.run(changes.set_preview(), item_id=movie_id, preview_id=None, preview_key=None)
    await files.replace(tx, movie_id, {"preview_id": None})
    await _ask_for_preview(tx, row)
    return await items.shown(tx, caller, MOVIE, movie_id)


async def rate(tx: Tx, caller: Caller, movie_id: int, rating: float) -> Row:
    """Note what a viewer thinks of a film; the count and sum of all ratings now. Raises NotFound."""
    gate = Gate.of(caller)
    if await tx.value(ratings.item_to_rate(MOVIE, gate), item_id=movie_id, **gate.parameters(caller)) is None:
        raise NotFound(Reason.CONTENT_NOT_FOUND)
    tenths = round(rating * 10)
    before: int | None = await tx.value(ratings.rating_by(), item_id=movie_id, viewer_id=caller.user_id)
    await tx.run(ratings.save_rating(), item_id=movie_id, viewer_id=caller.user_id, rating=tenths, now=clock.now())
    moved = {"number": int(before is None), "tenths": tenths - (before or 0)}
    row = await tx.one(ratings.add_to_rating(), item_id=movie_id, **moved)
    assert row is not None  # it is locked
    return row


async def like(tx: Tx, caller: Caller, movie_id: int) -> Filter:
    """The list of films that are like this one: of its category or, if it has none, by the same person.

    Raises NotFound.
    """
    row = await items.shown(tx, caller, MOVIE, movie_id)
    if row["category_id"]:
        return Filter(category_id=row["category_id"], but_id=movie_id, status=Status.APPROVED)
    return Filter(creator_id=row["creator_id"], but_id=movie_id, status=Status.APPROVED)


def _check_day(details: Mapping[str, Any]) -> None:
    """The contract sees to the form; only a calendar knows the 30th of February."""
    if text := details.get("release_date"):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise Invalid.of("release_date", "must be a day of the calendar", "release_date.invalid") from None


async def _ask_for_preview(tx: Tx, row: Row) -> None:
    start, end = row["preview_start_time"], row["preview_end_time"]
    if not end:
        return
    if not start < end <= start + LONGEST_PREVIEW:
        raise Invalid.of("preview_end_time", "must lie at most five minutes after preview_start_time", "preview.length")
    if end * 1000 > row["duration_ms"]:
        raise Invalid.of("preview_end_time", "must not lie after the end of the film", "preview.end")
    await jobs.cut_preview(
        tx, item_id=row["id"], media_id=row["media_id"], start=start, end=end, owner=row["creator_id"]
    )
