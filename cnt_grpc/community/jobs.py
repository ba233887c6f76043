"""What the community room leaves to the worker, and how it is enqueued; background.py does it."""

from datetime import timedelta
from typing import Final

from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job
from cnt_grpc.pb.cnt.community.v1.jobs_pb2 import TellLikes

TELL_LIKES: Final = Job("community.tell_likes", TellLikes, attempts=5)
"""Tell an author of the likes that were gathered since the last time."""


async def tell_likes(tx: Tx, *, post_id: int, comment_id: int, delay: timedelta) -> None:
    """Have an author told, this much later, of all likes of a thing that wait by then."""
    payload = TellLikes(post_id=post_id, comment_id=comment_id)
    dedupe = f"{post_id}:{comment_id}" if delay else None
    await jobs.enqueue(tx, TELL_LIKES, payload, dedupe=dedupe, delay=delay)
