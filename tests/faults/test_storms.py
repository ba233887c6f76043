"""Storms: everyone likes and follows the same, everyone wants the same seats, through two servers; counters are exact.

At full size 200 people toggle for 30 seconds, and 500 want 100 seats.
"""

import asyncio
import random
import time
from collections import Counter

import pytest

from tests.community import event_makers, makers
from tests.faults.sizes import FULL, say, size
from tests.faults.whole import Whole
from tests.harness.api import Api, ApiError
from tests.harness.world import Person

CLIENTS = size(200, least=20)
SECONDS = 30.0 if FULL else 2.0
GUESTS = size(500, least=60)
SEATS = GUESTS // 5

pytestmark = pytest.mark.timeout(600 if FULL else 150)


async def deadlocks(at_risk: Whole) -> int:
    """How many Postgres has seen since it began."""
    async with at_risk.system.db.transaction() as tx:
        rows = await tx.raw("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(rows[0]["deadlocks"])


async def test_a_storm_of_likes_and_follows(at_risk: Whole) -> None:
    world = at_risk.world
    ann, *people = await world.users(1 + CLIENTS)
    post_id = await makers.made(world, ann)
    [comment] = [await at_risk.api().as_(people[0]).community.CreateComment(post_id=post_id, content="Amen.")]
    comment_id = comment.comment.comment_id
    # Made by the first look, as for anyone who is followed.
    artist_id = (await at_risk.api().as_(ann).artist.GetMyArtist()).artist.artist_id
    before, over = await deadlocks(at_risk), time.monotonic() + SECONDS
    ended: Counter[str] = Counter()

    async def toggle(who: Person) -> None:
        while time.monotonic() < over:
            door = random.choice(at_risk.doors).as_(who)
            what = random.randrange(5)
            try:
                match what:
                    case 0 | 1:
                        await door.community.ToggleLike(post_id=post_id)
                    case 2:
                        await door.community.ToggleCommentLike(comment_id=comment_id)
                    case 3:
                        await door.artist.FollowArtist(user_id=ann.id)
                    case _:
                        await door.artist.UnfollowArtist(user_id=ann.id)
                ended["OK"] += 1
            except ApiError as error:
                ended[f"{error.code.name} {error.reason}"] += 1
            await asyncio.sleep(random.random() / 20)

    await asyncio.gather(*map(toggle, people))
    assert set(ended) == {"OK"}, ended
    async with at_risk.system.db.transaction() as tx:
        [found] = await tx.raw(
            "SELECT p.likes_count, (SELECT count(*) FROM likes WHERE post_id = p.id) AS likes,"
            " c.likes_count AS comment_likes_count,"
            " (SELECT count(*) FROM comment_likes WHERE comment_id = c.id) AS comment_likes,"
            " a.followers_count, (SELECT count(*) FROM artist_followers WHERE artist_id = a.id) AS followers"
            " FROM community_posts p, comments c, artists a WHERE p.id = $1 AND c.id = $2 AND a.id = $3",
            post_id, comment_id, artist_id,
        )  # fmt: skip
    assert found["likes_count"] == found["likes"]
    assert found["comment_likes_count"] == found["comment_likes"]
    assert found["followers_count"] == found["followers"]
    shown = (await at_risk.api(1).as_(ann).community.GetPost(post_id=post_id)).post
    assert shown.likes_count == found["likes"]
    assert await deadlocks(at_risk) == before
    say(f"{ended['OK']:,} toggles by {CLIENTS} people in {SECONDS:.0f} s, no error, no deadlock")


async def test_a_storm_for_seats(at_risk: Whole) -> None:
    world = at_risk.world
    host, *people = await world.users(1 + GUESTS)
    event_id = await event_makers.made(world, host, seats=SEATS)
    ended: Counter[str] = Counter()

    async def come(number: int, who: Person) -> None:
        door: Api = at_risk.doors[number % len(at_risk.doors)]
        try:
            await door.as_(who).event.JoinEvent(event_id=event_id)
            ended["going"] += 1
        except ApiError as error:
            ended[error.reason] += 1

    started = time.monotonic()
    await asyncio.gather(*(come(number, who) for number, who in enumerate(people)))
    assert ended == {"going": SEATS, "EVENT_FULL": GUESTS - SEATS}
    async with at_risk.system.db.transaction() as tx:
        [row] = await tx.raw(
            "SELECT attendees_count, (SELECT count(*) FROM event_attendees"
            " WHERE event_id = e.id AND answer = 'going' AND status = 'approved') AS rows FROM events e WHERE id = $1",
            event_id,
        )
    assert (row["attendees_count"], row["rows"]) == (SEATS, SEATS)
    say(f"{GUESTS} people wanted {SEATS} seats within {time.monotonic() - started:.1f} s")
