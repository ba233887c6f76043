"""Answers WatchPosts: how posts stand, and what happens to them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from cnt_grpc import auth
from cnt_grpc.community.messages import posts as post_messages
from cnt_grpc.community.messages import watching as messages
from cnt_grpc.community.rules import posts, watching
from cnt_grpc.community.rules.watching import Standing, Watched
from cnt_grpc.community.service.base import Part
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.events.bundle import Bundle, Events
from cnt_grpc.kit.events.tail import Beat, End
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.community.v1.post_pb2 import Post
from cnt_grpc.pb.cnt.community.v1.watch_pb2 import WatchPostsRequest, WatchPostsResponse

BEAT_SECONDS: Final = 8.0
"""After so much silence a heartbeat is sent."""
_NO_POST: Final = 0
"""A log without rows, which every stream reads: where nothing is left to watch, it still tells when to end."""


class Watching(Part):
    """Posts as they change."""

    __slots__ = ()

    async def WatchPosts(self, request: WatchPostsRequest, call: Call) -> AsyncIterator[WatchPostsResponse]:
        """Tell how posts stand, and what happens to them."""
        person_id = call.caller.user_id
        async with call.db.reading() as tx:
            found = await watching.watched(tx, call.caller, request.post_ids, request.after_seqs)
            known = await auth.blocks_of(tx, [person_id]) if person_id else {}
        left = {each.post_id: each for each in found}
        places = [(_NO_POST, 0), *((each.post_id, each.after_seq) for each in found)]
        logs = self.watch.logs
        tails = [logs.open(*place, deadline=call.deadline, stopping=call.stopping) for place in places]
        with (
            Bundle(tails) as bundle,
            self.watch.blocks.holding(person_id, known.get(person_id, frozenset()), bundle.nudge),
        ):
            beaten_at, is_complete = asyncio.get_running_loop().time(), False
            while True:
                news = await bundle.next(BEAT_SECONDS)
                async for told in self._told(call, left, news):
                    if told.change.gone:
                        bundle.leave(told.change.post_id)
                        del left[told.change.post_id]
                    beaten_at = asyncio.get_running_loop().time()
                    yield told
                if over := _end(news):
                    yield messages.end(over.cause)
                    return
                completes = not is_complete and all(each.told for each in left.values())
                if completes or asyncio.get_running_loop().time() - beaten_at >= BEAT_SECONDS:
                    beaten_at, is_complete = asyncio.get_running_loop().time(), True
                    yield messages.heartbeat()

    async def _told(
        self, call: Call, left: dict[int, Watched], news: dict[int, Events[Standing]]
    ) -> AsyncIterator[WatchPostsResponse]:
        """What the caller is told of these posts now."""
        avoided = self.watch.blocks.of(call.caller.user_id)
        for post in list(left.values()):
            rows: list[Any] = []
            for event in news.get(post.post_id, ()):
                match event:
                    case Beat(state, last_seq):
                        post.standing, post.after_seq = state, last_seq
                    case End():
                        pass
                    case row:
                        rows.append(row)
                        post.after_seq = row["seq"]
            if not watching.sees(call.caller, post.standing, avoided):
                yield messages.gone(post.post_id, post.after_seq)
                continue
            heard = [row for row in rows if watching.may_hear(call.caller, row, avoided)]
            if post.standing != post.told or heard:
                shown = None
                if post.standing.edits > post.told_edits:
                    shown = await self._shown(call, post.post_id)
                    if shown is None:
                        continue  # hidden meanwhile, which the next reading tells
                post.told, post.told_edits = post.standing, post.standing.edits
                yield messages.change(post, heard, shown, self.urls)

    async def _shown(self, call: Call, post_id: int) -> Post | None:
        try:
            async with call.db.reading() as tx:
                return post_messages.post(await posts.shown(tx, call.caller, post_id), self.urls)
        except NotFound:
            return None


def _end(news: dict[int, Events[Standing]]) -> End | None:
    return next((event for events in news.values() for event in events if isinstance(event, End)), None)
