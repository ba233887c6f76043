"""Who follows whom: begun, ended, listed, and told to those who are followed and those who follow."""

from dataclasses import dataclass

from cnt_grpc import auth, notification
from cnt_grpc.content.queries import follows as queries
from cnt_grpc.content.rules import artists
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid, NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate
from cnt_grpc.pb.cnt.content.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class Whom:
    """An artist by one of two ids; the other one is 0."""

    artist_id: int
    user_id: int

    @property
    def named(self) -> tuple[str, int]:
        """Which id it is, and its value."""
        return ("artist_id", self.artist_id) if self.artist_id else ("user_id", self.user_id)


async def follow(tx: Tx, caller: Caller, whom: Whom) -> Row:
    """Follow an artist, and tell them; the artist as the caller sees them then.

    Raises NotFound, and Invalid for oneself. Twice is once. A person who is no artist yet becomes one.
    """
    person_id = await _person(tx, caller, whom)
    if person_id == caller.user_id:
        raise Invalid.of(whom.named[0], "is your own", "follow.own")
    # Either way the artist's row is locked from here on.
    if whom.artist_id:
        artist_id = await tx.value(queries.artist_to_follow("artist_id"), key=whom.artist_id)
        if artist_id is None:
            raise NotFound(Reason.ARTIST_NOT_FOUND)
    else:
        artist_id = await artists.make(tx, person_id, listed=False)
    added = await tx.value(queries.add_follower(), artist_id=artist_id, person_id=caller.user_id, now=clock.now())
    if added is not None:
        me = await auth.visible_person(tx, caller.user_id, caller.user_id)
        await notification.tell(tx, [person_id], notification.Follow(user_id=caller.user_id, name=me["name"]))
    return await artists.shown(tx, caller, "artist_id", artist_id)


async def unfollow(tx: Tx, caller: Caller, whom: Whom) -> None:
    """Follow an artist no longer; who is not followed, or is nobody, stays so."""
    by, key = whom.named
    artist_id = await tx.value(queries.artist_to_follow(by), key=key)
    if artist_id is not None:
        await tx.run(queries.remove_follower(), artist_id=artist_id, person_id=caller.user_id)


async def state(tx: Tx, caller: Caller, whom: Whom) -> Row | None:
    """Whether the caller follows someone, and how many do; None for who is no artist. Raises NotFound."""
    person_id = await _person(tx, caller, whom)
    gate = Gate.of(caller)
    return await tx.one(queries.follow_state(gate), person_id=person_id, **artists.asking(gate, caller))


async def followers(tx: Tx, caller: Caller, whom: Whom, page: Page) -> tuple[list[Row], str]:
    """A page of those who follow someone, and the token of the next page. Raises NotFound."""
    person_id = await _person(tx, caller, whom)
    gate = Gate.of(caller)
    stmt = queries.followers_page(gate, page.limit, after=not page.is_first)
    found = await tx.all(stmt, person_id=person_id, **artists.asking(gate, caller), **page.params)
    return page.cut(found, key=lambda row: (row["followed_at"], row["user_id"]))


async def following(tx: Tx, caller: Caller, user_id: int, page: Page) -> tuple[list[Row], str]:
    """A page of those whom someone follows, and the token of the next page. Raises NotFound."""
    await auth.visible_person(tx, caller.user_id, user_id)
    gate = Gate.of(caller)
    stmt = queries.following_page(gate, page.limit, after=not page.is_first)
    found = await tx.all(stmt, person_id=user_id, **artists.asking(gate, caller), **page.params)
    return page.cut(found, key=lambda row: (row["followed_at"], row["artist_id"]))


async def is_following(tx: Tx, follower_id: int, person_id: int) -> bool:
    """Whether someone follows a person; also true where the two have blocked each other since."""
    return bool(await tx.value(queries.is_following(), follower_id=follower_id, person_id=person_id))


async def followers_of(tx: Tx, person_id: int, after: int, limit: int) -> list[int]:
    """Those who follow a person and are to be told of them: people in public, of whom none blocked the other.

    Their ids in ascending order, from the one behind `after` on, at most `limit`: somebody may have a million.
    """
    rows = await tx.all(queries.followers_to_tell(limit), person_id=person_id, after=after)
    return [row["follower_id"] for row in rows]


async def _person(tx: Tx, caller: Caller, whom: Whom) -> int:
    """The id of the person whom the caller may know of. Raises NotFound."""
    if whom.artist_id:
        found: int = (await artists.shown(tx, caller, "artist_id", whom.artist_id))["user_id"]
        return found
    row = await auth.visible_person(tx, caller.user_id, whom.user_id)
    return int(row["id"])
