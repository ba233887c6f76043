"""Telling followers what is new: by a job, since an artist may have more of them than a transaction may hold."""

from typing import Final

from cnt_grpc import notification
from cnt_grpc.content.queries import follows
from cnt_grpc.content.queries import news as queries
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job, Run
from cnt_grpc.pb.cnt.content.v1.jobs_pb2 import TellFollowers

TELL_FOLLOWERS: Final = Job("content.tell_followers", TellFollowers, attempts=10)
"""Tell a bounded number of followers of a new item, and leave the rest to another job."""
AT_ONCE: Final = 1000
"""Followers that one job tells."""


async def tell_followers(tx: Tx, item_id: int, after: int = 0) -> None:
    """Tell the artist's followers (with a higher id than `after`) of an item, once this transaction is committed."""
    await jobs.enqueue(tx, TELL_FOLLOWERS, TellFollowers(item_id=item_id, after=after))


async def do_tell_followers(payload: TellFollowers, run: Run) -> None:
    """Tell some, and have the others told. Both are one transaction with the end of the job: each hears of it once."""
    async with run.finish() as tx:
        # What is not there for everyone any more is no news.
        item = await tx.one(queries.news(), item_id=payload.item_id)
        if item is None:
            return
        stmt = follows.followers_to_tell(AT_ONCE)
        rows = await tx.all(stmt, person_id=item["creator_id"], after=payload.after)
        followers = [row["follower_id"] for row in rows]
        notice = notification.NewItem(
            user_id=item["creator_id"],
            content_type=item["kind"],
            content_id=payload.item_id,
            content_title=item["title"],
            artist_id=item["artist_id"],
            artist_name=item["artist_name"],
        )
        about = notification.thing(item["kind"], payload.item_id)
        await notification.tell(tx, followers, notice, about=about)
        if len(followers) == AT_ONCE:
            await tell_followers(tx, payload.item_id, followers[-1])
