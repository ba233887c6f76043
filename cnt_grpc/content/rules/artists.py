"""Artists: who is one, what they say of themselves, and what follows when something of theirs becomes public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cnt_grpc import auth, media
from cnt_grpc.content import telling
from cnt_grpc.content.queries import artists as queries
from cnt_grpc.content.queries.news import podcasts_to_feed
from cnt_grpc.content.rules import finding
from cnt_grpc.content.rules.files import Blank, File
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Invalid, NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import ANONYMOUS, Caller
from cnt_grpc.moderation import Gate
from cnt_grpc.pb.cnt.content.v1.reason import Reason

MOST_LINKS: Final = 20
FEED_LENGTH: Final = 300
"""Podcasts in a feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an artist wants to be. None keeps what is there."""

    name: str | None = None
    bio: str | None = None
    social_links: Mapping[str, str] | None = None
    """Place: address; "" takes a place away, and places that are not named stay."""
    category_ids: Sequence[int] | None = None
    cover: File | Blank | None = None


async def make(tx: Tx, person_id: int, *, listed: bool = True) -> int:
    """The id of a person as an artist, who becomes one if need be; `listed`: and shows up in the list of artists."""
    row = await tx.one(queries.make_artist(), person_id=person_id, listed=listed, now=clock.now())
    assert row is not None  # it is made, or was there
    if row["listed"] and not row["was_listed"]:
        await finding.index_artist(tx, row["id"])
    artist_id: int = row["id"]
    return artist_id


async def mine(db: Database, caller: Caller) -> Row:
    """The caller as an artist, made at the first look."""

    async def find(tx: Tx) -> Row | None:
        return await tx.one(queries.visible_artist(Gate.ALL, "user_id"), key=caller.user_id, caller_id=caller.user_id)

    async def look(tx: Tx) -> Row | None:
        await make(tx, caller.user_id, listed=False)
        return await find(tx)

    async with db.reading() as tx:
        row = await find(tx)
    row = row or await db.transact(look)
    assert row is not None  # it was just made
    return row


async def update(tx: Tx, caller: Caller, wanted: Profile) -> Row:
    """Change the caller as an artist, who becomes one if need be. Raises Invalid, and what media.claim raises."""
    await make(tx, caller.user_id)
    old = await tx.one(queries.own_artist(), person_id=caller.user_id)
    assert old is not None  # it was just made
    new: dict[str, object] = {name: old[name] for name in queries.CHANGEABLE}
    new |= {name: value for name, value in (("name", wanted.name), ("bio", wanted.bio)) if value is not None}
    if wanted.social_links:
        links = {place: link for place, link in {**old["social_links"], **wanted.social_links}.items() if link}
        if len(links) > MOST_LINKS:
            raise Invalid.of("social_links", f"must not be more than {MOST_LINKS} places", "social_links.max")
        new["social_links"] = links
    if wanted.cover is not None:
        new |= await _cover(tx, caller, old["id"], wanted.cover)
    await tx.run(queries.update_artist(), artist_id=old["id"], now=clock.now(), **new)
    if wanted.category_ids is not None:
        await tx.run(queries.leave_categories(), artist_id=old["id"])
        rows = [{"artist_id": old["id"], "category_id": category_id} for category_id in wanted.category_ids]
        await tx.many(queries.enter_category(), rows)
    await finding.index_artist(tx, old["id"])
    return await shown(tx, caller, "user_id", caller.user_id)


async def shown(tx: Tx, caller: Caller, by: str, key: int | str) -> Row:
    """One artist, `by` artist_id, user_id or username, as the caller may see them. Raises NotFound."""
    gate = Gate.of(caller)
    row = await tx.one(queries.visible_artist(gate, by), key=key, **asking(gate, caller))
    if row is None:
        raise NotFound(Reason.ARTIST_NOT_FOUND)
    return row


async def listed(tx: Tx, caller: Caller, category_id: int, page: Page) -> tuple[list[Row], str]:
    """A page of artists (of a category, or for 0 of all) whom the caller may see, and the token of the next page."""
    gate = Gate.of(caller)
    stmt = queries.artists_page(gate, page.limit, category=bool(category_id), after=not page.is_first)
    narrowed = {"category_id": category_id} if category_id else {}
    found = await tx.all(stmt, **narrowed, **asking(gate, caller), **page.params)
    return page.cut(found, key=lambda row: (row["id"],))


async def to_feed(tx: Tx, artist_id: int) -> tuple[Row, list[Row]]:
    """An artist and the podcasts that a feed of theirs holds, the same for whoever asks. Raises NotFound."""
    artist = await shown(tx, ANONYMOUS, "artist_id", artist_id)
    return artist, await tx.all(podcasts_to_feed(FEED_LENGTH), creator_id=artist["user_id"])


def asking(gate: Gate, caller: Caller) -> dict[str, object]:
    """What a statement on artists takes beside its own parameters: it tells whom the caller follows."""
    return {} if gate is Gate.PUBLIC else {"caller_id": caller.user_id}


async def published(tx: Tx, person_id: int, item_id: int, *, plays: int, first: bool) -> None:
    """Everyone sees an item of this artist from now on; for the `first` time, their followers are told."""
    await tx.run(queries.tally(), person_id=person_id, items=1, plays=plays)
    if first:
        await telling.tell_followers(tx, item_id)


async def withdrawn(tx: Tx, person_id: int, *, plays: int) -> None:
    """An item of this artist that everyone saw is gone."""
    await tx.run(queries.tally(), person_id=person_id, items=-1, plays=-plays)


async def verify_artist(tx: Tx, person_id: int, *, by: int | None = None) -> int:
    """Make a person a verified artist, whose works need no approval; their id as an artist. `by` is who says so.

    Being verified is having the creator role: who loses the one is no longer the other.
    """
    await auth.grant_role(tx, person_id, auth.Role.CREATOR, by=by)
    return await make(tx, person_id)


async def _cover(tx: Tx, caller: Caller, artist_id: int, wanted: File | Blank) -> dict[str, object]:
    """The columns of the picture behind a profile, which everyone sees from now on."""
    ref = f"artist:{artist_id}:cover"
    if isinstance(wanted, Blank):
        await media.release(tx, "content", ref)
        return {"cover_id": None, "cover_key": None}
    row = await media.claim(tx, caller, media.Kind.IMAGE, media_id=wanted.media_id, file_path=wanted.file_path)
    await media.release(tx, "content", ref)
    await media.use(tx, row["id"], "content", ref)
    await media.publish(tx, row["id"], "content", ref)
    return {"cover_id": row["id"], "cover_key": row["key"]}
