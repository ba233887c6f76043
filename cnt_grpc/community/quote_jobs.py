"""The job that draws a quote image, and how it is enqueued; quote_drawing.py does it."""

from datetime import timedelta
from typing import Final

from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job
from cnt_grpc.pb.cnt.community.v1.quote_pb2 import DrawQuote

DRAW_QUOTE: Final = Job("community.draw_quote", DrawQuote, attempts=5, timeout=timedelta(minutes=2))
"""Draw the words of a post."""


async def draw_quote(tx: Tx, post_id: int) -> None:
    """Have the words of a post drawn as soon as this transaction is committed."""
    await jobs.enqueue(tx, DRAW_QUOTE, DrawQuote(post_id=post_id), dedupe=str(post_id))
