"""The background door of quote images: draws the words of a post, and gives it the pictures."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnt_grpc import media
from cnt_grpc.community import quotes
from cnt_grpc.community.quote_jobs import DRAW_QUOTE
from cnt_grpc.community.rules import quoting
from cnt_grpc.kit import lettering
from cnt_grpc.kit.jobs import GiveUp, Handler, Job, Run
from cnt_grpc.pb.cnt.community.v1.quote_pb2 import DrawQuote


@dataclass(frozen=True, slots=True)
class QuoteJobs:
    """What the worker does for quote images."""

    workshop: media.Workshop

    @property
    def handlers(self) -> Mapping[Job[Any], Handler]:
        """Every job of theirs."""
        return {DRAW_QUOTE: self.draw_quote}

    async def draw_quote(self, payload: DrawQuote, run: Run) -> None:
        """Draw the words of a post, unless that is done; a post whose letters no font shows stays without a picture."""
        async with run.db.reading() as tx:
            words = await quoting.words(tx, payload.post_id)
        if words is None:
            return
        try:
            drawn = await asyncio.to_thread(quotes.draw, words)
        except lettering.Undrawable as refused:
            raise GiveUp(str(refused)) from None
        # A key of this job alone: no other one can be removing what lies under it.
        digest = hashlib.sha256(words.digest + str(run.job_id).encode()).hexdigest()[:16]
        key = f"images/quotes/quote_{words.post_id}_{digest}"
        upright = await self.workshop.hand_in(drawn.upright, f"{key}.jpg")
        lying = await self.workshop.hand_in(drawn.lying, f"{key}_landscape.jpg")
        async with run.finish() as tx:
            is_kept = await quoting.keep(tx, self.workshop, words, upright, lying)
        if not is_kept:
            await self.workshop.discard(upright)
            await self.workshop.discard(lying)
