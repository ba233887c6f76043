"""What the search finds of the catalogue: what everyone sees, as it is now, and nothing else."""

import secrets
from typing import Any

from cnt_grpc import search
from cnt_grpc.content import searched
from cnt_grpc.content.kinds import KINDS, PODCAST
from tests.content.given import made, uploaded
from tests.content.kinds import Wire, each_kind
from tests.harness.api import Api
from tests.harness.world import World


def word() -> str:
    """A word that nobody else uses."""
    return "w" + "".join(chr(ord("a") + int(digit, 16)) for digit in secrets.token_hex(8))


async def found(api: Api, text: str) -> list[int]:
    """The ids of what a search finds, of whatever type."""
    groups = (await api.search.Search(q=text)).groups
    return [each.id for group in groups for each in group.results]


async def published(world: World, api: Api, wire: Wire, **fields: Any) -> tuple[Any, Any]:
    """An administrator, and an item of theirs that everyone sees."""
    admin = await world.user(roles={"admin"})
    media_id = await uploaded(wire.kind.media[0])(world, admin)
    given = {**wire.new, "media_id": media_id, **fields}
    create = getattr(api.as_(admin).content, f"Create{wire.noun}")
    return admin, getattr(getattr(await create(**given), wire.one), wire.id)


@each_kind
async def test_an_item_is_found_while_everyone_sees_it(world: World, api: Api, wire: Wire) -> None:
    first, second = word(), word()
    admin, item_id = await published(world, api, wire, title=f"On {first}")
    # Answers to the anonymous may be a second old.
    viewer = api.as_(await world.user())
    assert await found(viewer, first) == [item_id]
    content = api.as_(admin).content
    await getattr(content, f"Update{wire.noun}")(**{wire.id: item_id, "description": f"About {second}."})
    assert await found(viewer, second) == [item_id]
    moderator = api.as_(await world.user(roles={"moderator"})).moderation
    of_it = {"content_type": wire.kind.name, "content_id": item_id, "reason": "For now."}
    await moderator.ArchiveContent(**of_it)
    assert await found(viewer, first) == []
    await moderator.ApproveContent(**of_it)
    assert await found(viewer, first) == [item_id]
    await getattr(content, f"Delete{wire.noun}")(**{wire.id: item_id})
    assert await found(viewer, first) == []


async def test_what_waits_is_not_found(world: World, api: Api) -> None:
    ann = await world.user()
    only = word()
    media_id = await uploaded("audio")(world, ann)
    await api.as_(ann).content.CreatePodcast(title=only, media_id=media_id)
    assert await found(api.as_(ann), only) == []


async def test_an_artist_is_found_by_name_and_words(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    name, bio = word(), word()
    viewer = api.as_(await world.user())
    artist = (await api.as_(ann).artist.UpdateMyArtist(artist_name=name, bio=bio)).artist
    for each in (name, bio):
        assert await found(viewer, each) == [artist.artist_id]
    await api.as_(ann).artist.UpdateMyArtist(artist_name="Another")
    assert await found(viewer, name) == []
    await api.as_(bob).user.BlockUser(user_id=ann.id)
    assert await found(api.as_(bob), bio) == []


async def test_each_kind_can_be_read_again_for_the_index(world: World) -> None:
    ann = await world.user()
    visible = await made(world, ann, PODCAST)
    await made(world, ann, PODCAST, status="pending")
    async with world.db.transaction() as tx:
        [source] = [each for each in searched if each.kind is search.Kind.PODCAST]
        assert [each.ref for each in await source.documents(tx, visible - 1, 10)] == [visible]
        for each in searched:
            refs = [document.ref for document in await each.documents(tx, 0, 1000)]
            assert refs == sorted(refs)
    assert {each.kind.value for each in searched} == {kind.name for kind in KINDS} | {"artist"}
