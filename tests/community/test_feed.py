"""The personal feed: a week of those whom somebody follows, then everything else, and never people in a block."""

from datetime import timedelta
from itertools import count

from grpc import StatusCode

from cnt_grpc.community.rules.feed import feed
from cnt_grpc.kit import clock
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.community.v1.post_pb2 import ListFeedRequest
from tests.community import makers
from tests.content.makers import follow
from tests.harness.api import Api
from tests.harness.world import Person, World

_TESTS = count(1)


def alone() -> None:
    """Move the clock so far that nobody else's posts are recent, or later."""
    clock.move(timedelta(days=400 + 40 * next(_TESTS)))


async def follows(world: World, follower: Person, *people: Person) -> None:
    """Have somebody follow these people."""
    for each in people:
        async with world.db.transaction() as tx:
            await follow(tx, follower.id, each.id)


async def walk(api: Api, who: Person, size: int, number: int) -> list[int]:
    """The first so many posts of somebody's feed, page by page."""
    found: list[int] = []
    token = ""
    while len(found) < number:
        page = await api.as_(who).community.ListFeed(page_size=size, page_token=token)
        found += [each.post_id for each in page.posts]
        token = page.next_page_token
        if not token:
            break
    return found[:number]


async def test_first_those_whom_one_follows_then_everything_by_time(world: World, api: Api) -> None:
    alone()
    ann, bob, cy, dan = await world.users(4)
    await follows(world, ann, bob, cy)
    now = clock.now()

    async def at(who: Person, **ago: int) -> int:
        return await makers.made(world, who, at=now - timedelta(**ago))  # type: ignore[no-any-return]

    recent = [await at(bob, hours=1), await at(cy, hours=2), await at(bob, days=6)]
    rest = [await at(dan, minutes=1), await at(ann, hours=3), await at(dan, days=6, hours=2), await at(bob, days=8)]
    await makers.made(world, bob, status="pending", at=now)
    wanted = recent + rest
    for size in (1, 2, 3, 5, 100):
        assert await walk(api, ann, size, 7) == wanted
    # Who follows nobody sees all by time.
    assert await walk(api, dan, 3, 7) == [rest[0], recent[0], recent[1], rest[1], recent[2], rest[2], rest[3]]


async def test_the_rest_begins_where_the_recent_ends(world: World, api: Api) -> None:
    """A first phase that fills a page to the last row, lacks one, or has one more: nothing is lost or comes twice."""
    alone()
    ann, bob, cy = await world.users(3)
    await follows(world, ann, bob)
    now = clock.now()
    rest = [await makers.made(world, cy, at=now - timedelta(hours=1, minutes=number)) for number in range(3)]
    recent = [await makers.made(world, bob, at=now - timedelta(days=2, minutes=number)) for number in range(9)]
    for number in range(9, 13):
        # A page of ten asks for eleven.
        recent.append(await makers.made(world, bob, at=now - timedelta(days=2, minutes=number)))
        assert await walk(api, ann, 10, len(recent) + 3) == recent + rest


async def test_what_is_recent_stays_so_while_somebody_reads_on(world: World, api: Api) -> None:
    alone()
    ann, bob = await world.users(2)
    await follows(world, ann, bob)
    now = clock.now()
    ages = [timedelta(days=6, hours=23, minutes=minutes) for minutes in (40, 41, 42)]
    posts = [await makers.made(world, bob, at=now - age) for age in ages]
    first = await api.as_(ann).community.ListFeed(page_size=1)
    clock.move(timedelta(minutes=25))
    second = await api.as_(ann).community.ListFeed(page_size=2, page_token=first.next_page_token)
    assert [each.post_id for page in (first, second) for each in page.posts] == posts


async def test_people_in_a_block_are_in_neither_part(world: World, api: Api) -> None:
    alone()
    ann, bob, cy, dan, eve = await world.users(5)
    await follows(world, ann, bob, cy)
    hidden = [await makers.made(world, who) for who in (bob, cy, dan, eve)]
    for blocker, blocked in ((ann, bob), (cy, ann), (ann, dan), (eve, ann)):
        async with world.db.transaction() as tx:
            sql = "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, $3)"
            await tx.raw(sql, blocker.id, blocked.id, clock.now())
    own = await makers.made(world, ann)
    seen = await walk(api, ann, 3, 8)
    assert seen[0] == own
    assert not set(seen) & set(hidden)


async def test_rows_tell_whether_the_caller_likes_them_and_show_files(world: World, api: Api) -> None:
    alone()
    ann, bob = await world.users(2)
    await follows(world, ann, bob)
    post_id = await makers.made(world, bob, pictures=2)
    await api.as_(ann).community.ToggleLike(post_id=post_id)
    post = (await api.as_(ann).community.ListFeed(page_size=1)).posts[0]
    assert (post.post_id, post.is_liked, post.likes_count, len(post.media)) == (post_id, True, 1, 2)
    assert (post.user_name, post.user_username) == (bob.name, bob.username)


async def test_a_feeds_token_is_its_owners(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    for _ in range(2):
        await makers.made(world, bob)
    token = (await api.as_(ann).community.ListFeed(page_size=1)).next_page_token
    await (
        api.as_(bob)
        .community.ListFeed(page_size=1, page_token=token)
        .fails(StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")
    )


async def test_a_page_is_one_statement_however_many_rows_it_has(world: World, api: Api) -> None:
    ann, *people = await world.users(6)
    await follows(world, ann, *people)
    for who in people:
        for _ in range(4):
            await makers.made(world, who, pictures=2)
    counted: dict[int, int] = {}
    for size in (1, 20):
        counted[size] = await statements(world, ann, size)
    assert counted == {1: 1, 20: 1}


async def statements(world: World, who: Person, size: int) -> int:
    """How many statements a page of somebody's feed takes."""
    request = ListFeedRequest(page_size=size)
    async with world.db.reading() as tx:
        posts, _ = await feed(tx, Caller(who.id), Page.of(request, method="of a test"))
        assert len(posts.rows) == size
        return tx.statements
