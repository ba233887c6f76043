"""Likes: toggled, set and cleared, and always as many as their rows, however many people do it at once."""

import asyncio
import random
import uuid
from typing import Any

import pytest
from grpc import StatusCode

from tests.community import makers
from tests.harness.api import Api
from tests.harness.world import Person, World

CLIENTS = 60
"""Of a storm; `make faults` sends more."""


async def counted(world: World, post_id: int) -> tuple[int, int]:
    """The counter, and the rows."""
    sql = "SELECT likes_count, (SELECT count(*) FROM likes WHERE post_id = p.id) FROM community_posts p WHERE id = $1"
    async with world.db.transaction() as tx:
        [row] = await tx.raw(sql, post_id)
    return row[0], row[1]


async def test_a_like_is_toggled(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann)
    toggle = api.as_(bob).community.ToggleLike
    for liked in (True, False, True):
        answer = await toggle(post_id=post_id)
        assert (answer.liked, answer.likes_count) == (liked, int(liked))
    assert (await api.as_(bob).community.GetPost(post_id=post_id)).post.is_liked
    assert not (await api.as_(ann).community.GetPost(post_id=post_id)).post.is_liked
    seen = (await api.community.GetPost(post_id=post_id)).post
    assert (seen.is_liked, seen.likes_count) == (False, 1)
    [listed] = (await api.as_(bob).community.ListPosts(user_id=ann.id)).posts
    assert listed.is_liked


async def test_a_retry_with_the_same_id_toggles_once(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann)
    request_id = str(uuid.uuid4())
    for _ in range(3):
        answer = await api.as_(bob).community.ToggleLike(post_id=post_id, request_id=request_id)
        assert (answer.liked, answer.likes_count) == (True, 1)


async def test_setting_and_clearing_twice_is_once(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann)
    for method, liked in (("UnlikePost", False), ("LikePost", True), ("LikePost", True), ("UnlikePost", False)):
        answer = await getattr(api.as_(bob).community, method)(post_id=post_id)
        assert (answer.liked, answer.likes_count) == (liked, int(liked))


@pytest.mark.parametrize("method", ["ToggleLike", "LikePost", "UnlikePost", "CreateComment", "ListComments"])
async def test_what_is_hidden_is_not_liked_and_has_no_comments(world: World, api: Api, method: str) -> None:
    ann, bob = await world.users(2)
    hidden = await makers.made(world, ann, status="pending")
    blocked = await makers.made(world, ann)
    await api.as_(ann).user.BlockUser(user_id=bob.id)
    fields: dict[str, Any] = {"content": "x"} if method == "CreateComment" else {}
    call = getattr(api.as_(bob).community, method)
    seen = [
        (await call(post_id=each, **fields).fails(StatusCode.NOT_FOUND, "POST_NOT_FOUND")).wire
        for each in (hidden, blocked, 2**62)
    ]
    assert len(set(seen)) == 1


async def test_a_storm_of_toggles_leaves_the_counter_equal_to_the_rows(world: World, api: Api) -> None:
    """Everyone toggles one post, some in two places at once, while its author edits it and a stranger comments."""
    ann, cy, *people = await world.users(2 + CLIENTS)
    post_id = await makers.made(world, ann)
    wrong: list[tuple[int, int]] = []
    over = asyncio.Event()

    async def toggle(who: Person) -> None:
        for _ in range(3):
            await asyncio.sleep(random.random() / 20)
            method = random.choice(["ToggleLike", "LikePost", "UnlikePost"])
            await getattr(api.as_(who).community, method)(post_id=post_id)

    async def watch() -> None:
        """At every commit both are equal: one statement sees one state."""
        while not over.is_set():
            counter, rows = await counted(world, post_id)
            if counter != rows:
                wrong.append((counter, rows))
            await asyncio.sleep(0.005)

    async def comment() -> None:
        for _ in range(10):
            await api.as_(cy).community.CreateComment(post_id=post_id, content="Amen.")

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(toggle(each) for each in [*people, *people[:10]]), comment())
    over.set()
    await watching
    assert wrong == []
    seen = (await api.community.GetPost(post_id=post_id)).post
    assert await counted(world, post_id) == (seen.likes_count, seen.likes_count)
    assert seen.comments_count == 10


async def test_an_even_number_of_toggles_in_two_places_leaves_no_like(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann)
    await asyncio.gather(*(api.as_(bob).community.ToggleLike(post_id=post_id) for _ in range(20)))
    assert await counted(world, post_id) == (0, 0)


async def test_opposite_orders_of_posts_are_no_deadlock(world: World, api: Api) -> None:
    """Two people like many posts of each other's in opposite orders; both authors are told meanwhile."""
    ann, bob = await world.users(2)
    posts = [await makers.made(world, who) for who in (ann, bob) for _ in range(8)]

    async def like(who: Person, order: list[int]) -> None:
        await asyncio.gather(*(api.as_(who).community.ToggleLike(post_id=each) for each in order))

    await asyncio.gather(like(ann, posts), like(bob, posts[::-1]))
    assert [await counted(world, each) for each in posts] == [(2, 2)] * 16
