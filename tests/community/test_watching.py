"""WatchPosts through the wire: how posts stand, then likes, comments and edits as they happen, and nothing hidden."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Self

from grpc import StatusCode

from cnt_grpc.community.rules.watching import wake
from cnt_grpc.community.watch import PostWatch
from cnt_grpc.kit.events.bundle import Bundle
from cnt_grpc.kit.events.dispatcher import SWEEP_SECONDS
from cnt_grpc.kit.events.tail import End
from tests.community import makers

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import World

PATIENCE = 30.0
"""Seconds that a test waits for a message."""
HEARD = SWEEP_SECONDS - 1
"""Seconds in which watchers hear of a change, a few hundredths on an idle machine; later the sweep may find it."""
WRITERS = 200
"""Clients that write at once."""


class Watch:
    """An open stream."""

    def __init__(self, api: Api, *post_ids: int, after_seqs: tuple[int, ...] = ()) -> None:
        self._call = api.community.WatchPosts(post_ids=post_ids, after_seqs=after_seqs, timeout=60)
        self.started: Any = None

    async def __aenter__(self) -> Self:
        self.started = self._call.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.started.cancel()

    async def next(self, seconds: float = PATIENCE) -> Any:
        """The next message."""
        async with asyncio.timeout(seconds):
            return await self.started.read()

    async def change(self, seconds: float = PATIENCE) -> Any:
        """The next change."""
        while (message := await self.next(seconds)).WhichOneof("event") != "change":
            pass
        return message.change

    async def begin(self) -> dict[int, Any]:
        """How the posts stand at first, up to the first heartbeat."""
        found = {}
        while (message := await self.next()).WhichOneof("event") == "change":
            found[message.change.post_id] = message.change
        assert message.WhichOneof("event") == "heartbeat"
        return found

    async def silent(self, seconds: float = 0.6) -> bool:
        """Whether no change comes for so long."""
        try:
            await self.change(seconds)
        except TimeoutError:
            return True
        return False


async def test_it_begins_with_how_posts_stand_and_follows(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    one, two = [await makers.made(world, ann) for _ in range(2)]
    await api.as_(bob).community.LikePost(post_id=one)
    await makers.commented(world, bob, two)
    async with Watch(api, one, two) as watch:
        began = await watch.begin()
        assert {key: (each.likes_count, each.comments_count) for key, each in began.items()} == {
            one: (1, 0),
            two: (0, 1),
        }
        assert all(not each.comments and not each.HasField("post") for each in began.values())
        started = time.perf_counter()
        await api.as_(ann).community.LikePost(post_id=one)
        liked = await watch.change()
        assert (liked.post_id, liked.likes_count) == (one, 2)
        assert time.perf_counter() - started < HEARD
        await api.as_(bob).community.CreateComment(post_id=two, content="Amen.")
        said = await watch.change()
        assert (said.post_id, said.comments_count) == (two, 2)
        [comment] = said.comments
        assert (comment.content, comment.user_name, comment.user_username) == ("Amen.", bob.name, bob.username)
        await api.as_(bob).community.UpdateComment(comment_id=comment.comment_id, content="Amen!")
        assert [each.content for each in (await watch.change()).comments] == ["Amen!"]
        await api.as_(bob).community.DeleteComment(comment_id=comment.comment_id)
        assert (await watch.change()).comments_count == 1


async def test_an_edit_comes_with_the_post(world: World, api: Api) -> None:
    ann = await world.user(roles={"creator"})
    post_id = await makers.made(world, ann)
    async with Watch(api, post_id) as watch:
        await watch.begin()
        await api.as_(ann).community.UpdatePost(post_id=post_id, content="Again.")
        change = await watch.change()
        assert (change.post.content, change.post.user_name) == ("Again.", ann.name)


async def test_an_author_sees_a_post_being_approved_and_others_see_it_go(world: World, api: Api) -> None:
    ann = await world.user()
    moderator = await world.user(roles={"moderator"})
    post_id = await makers.made(world, ann, status="pending")
    decided = {"content_type": "community_post", "content_id": post_id}
    async with Watch(api.as_(ann), post_id) as mine:
        assert post_id in await mine.begin()
        await api.as_(moderator).moderation.ApproveContent(**decided)
        assert (await mine.change()).post.is_approved
        async with Watch(api, post_id) as theirs:
            assert post_id in await theirs.begin()
            await api.as_(moderator).moderation.RejectContent(**decided, reason="x")
            assert (await theirs.change()).gone
            assert (await mine.change()).post.rejection_reason == "x"
            await api.as_(ann).community.DeletePost(post_id=post_id)
            assert (await mine.change()).gone
            assert await theirs.silent()


async def test_what_is_hidden_is_watched_by_nobody(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    hidden = await makers.made(world, ann, status="pending")
    blocked = await makers.made(world, ann)
    await api.as_(ann).user.BlockUser(user_id=bob.id)
    moderator = await world.user(roles={"moderator"})
    wanted = (hidden, blocked, 2**62)
    async with Watch(api.as_(bob), *wanted) as now, Watch(api.as_(bob), *wanted, after_seqs=(7, 7, 7)) as later:
        assert await now.begin() == {}
        assert await later.begin() == {}
        await api.as_(moderator).moderation.ApproveContent(content_type="community_post", content_id=hidden)
        await api.as_(moderator).community.LikePost(post_id=blocked)
        assert await now.silent()
        assert await later.silent()


async def test_a_block_acts_on_an_open_stream(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    of_ann, of_cy = await makers.made(world, ann), await makers.made(world, cy)
    async with Watch(api.as_(bob), of_ann, of_cy) as watch:
        await watch.begin()
        await api.as_(ann).user.BlockUser(user_id=bob.id)
        gone = await watch.change(5)
        assert (gone.post_id, gone.gone) == (of_ann, True)
        await api.as_(ann).community.CreateComment(post_id=of_cy, content="x")
        change = await watch.change()
        assert (change.post_id, change.comments_count, len(change.comments)) == (of_cy, 1, 0)


async def test_a_reconnect_misses_nothing_and_hears_nothing_twice(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann)
    heard: list[str] = []
    seq = 0
    said = 0
    for _ in range(6):
        async with Watch(api, post_id, after_seqs=(seq,)) as watch:
            first = (await watch.begin())[post_id]
            heard += [each.content for each in first.comments]
            seq = first.seq
            for _ in range(2):
                await makers.commented(world, bob, post_id, content=str(said))
                said += 1
            async with world.db.transaction() as tx:
                wake(tx, post_id)
            change = await watch.change()
            heard += [each.content for each in change.comments]
            seq = change.seq
        for _ in range(40):  # more than one page
            await makers.commented(world, bob, post_id, content=str(said))
            said += 1
    async with Watch(api, post_id, after_seqs=(seq,)) as watch:
        while len(heard) < said:
            change = await watch.change()
            heard += [each.content for each in change.comments]
    assert heard == [str(number) for number in range(said)]


async def test_a_number_that_was_never_given_is_refused(world: World, api: Api) -> None:
    post_id = await makers.made(world, await world.user())
    watch = api.community.WatchPosts
    await watch(post_ids=[post_id], after_seqs=[99]).fails(StatusCode.OUT_OF_RANGE, "WATCH_RESYNC", last_seq=0)
    await watch(post_ids=[post_id], after_seqs=[1, 2]).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await watch(post_ids=list(range(1, 52))).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await watch().fails(StatusCode.INVALID_ARGUMENT, "INVALID")


async def test_everyone_hears_within_a_second_while_many_write(world: World, api: Api) -> None:
    """200 clients like one post; watchers hear of the last one within a second, in a few messages."""
    ann, *people = await world.users(1 + WRITERS)
    post_id = await makers.made(world, ann)
    heard: list[int] = []

    async def follow(watch: Watch) -> float:
        while True:
            change = await watch.change(30)
            heard.append(change.likes_count)
            if change.likes_count == WRITERS:
                return time.perf_counter()

    watches = [Watch(api, post_id) for _ in range(5)]
    async with watches[0], watches[1], watches[2], watches[3], watches[4]:
        for watch in watches:
            await watch.begin()
        following = [asyncio.create_task(follow(watch)) for watch in watches]
        await asyncio.gather(*(api.as_(each).community.ToggleLike(post_id=post_id) for each in people))
        committed = time.perf_counter()
        last = max(await asyncio.gather(*following))
    assert last - committed < HEARD
    assert len(heard) < 5 * WRITERS / 4


async def test_a_stream_ends_in_order_when_the_server_stops(world: World, api: Api) -> None:
    watch = PostWatch(world.db, world.system.bus)
    stopping = asyncio.Event()
    deadline = asyncio.get_running_loop().time() + 60
    tails = [watch.logs.open(key, 0, deadline, stopping) for key in (0, await makers.made(world, await world.user()))]
    with Bundle(tails) as bundle:
        await bundle.next(1)
        stopping.set()
        async with asyncio.timeout(PATIENCE):
            while not any(isinstance(each, End) for events in (await bundle.next(1)).values() for each in events):
                pass
    await watch.close()


async def test_a_bundle_waits_no_longer_than_it_is_told() -> None:
    seconds = 0.05
    started = time.perf_counter()
    with Bundle[int]([]) as bundle:
        assert await bundle.next(seconds) == {}
        assert time.perf_counter() - started >= seconds
        bundle.nudge()
        assert await bundle.next(60) == {}
