"""Background doors of the community room."""

from collections.abc import Mapping
from typing import Any

from cnt_grpc.community.jobs import TELL_LIKES
from cnt_grpc.community.rules import telling
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.pb.cnt.community.v1.jobs_pb2 import TellLikes


async def _tell_likes(payload: TellLikes, run: Run) -> None:
    """Tell an author who likes something of theirs."""
    async with run.finish() as tx:
        await telling.tell_gathered(tx, post_id=payload.post_id, comment_id=payload.comment_id)


HANDLERS: Mapping[Job[Any], Handler] = {TELL_LIKES: _tell_likes}
"""What the worker does for this room."""
