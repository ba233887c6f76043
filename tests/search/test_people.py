"""People as they are found: by what they are called now, and not at all when they are banned, leave or are gone."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from cnt_grpc import auth, search
from cnt_grpc.pb.cnt.search.v1 import result_pb2
from cnt_grpc.pb.cnt.search.v1.result_pb2 import RESULT_TYPE_PERSON
from cnt_grpc.search import People
from tests.harness.api import Api
from tests.harness.world import Person, World


async def found(api: Api, q: str) -> list[result_pb2.SearchResult]:
    """The people who are found."""
    return list((await api.search.Search(q=q, type=RESULT_TYPE_PERSON)).results)


async def soon(look: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a worker to do it."""
    async with asyncio.timeout(20):
        while not await look():
            await asyncio.sleep(0.05)


async def findable(world: World, api: Api, **given: Any) -> tuple[Person, str]:
    """Somebody who is found, and the name by which."""
    name = f"Tabitha {secrets.token_hex(6)}"
    ann = await world.user(name="Ann")
    await api.as_(ann).user.UpdateMe(name=name, **given)

    async def is_found() -> bool:
        return [each.id for each in await found(api.as_(ann), name)] == [ann.id]

    await soon(is_found)
    return ann, name


async def test_a_new_account_is_found(api: Api) -> None:
    name = f"Lydia {secrets.token_hex(6)}"
    email = f"{secrets.token_hex(6)}@example.com"
    reply = await api.auth.Register(email=email, password="purple cloth of Thyatira", name=name)

    async def is_found() -> bool:
        return [each.id for each in await found(api, name)] == [reply.user_id]

    await soon(is_found)


async def test_a_rename_follows_and_the_old_name_is_forgotten(world: World, api: Api) -> None:
    ann, name = await findable(world, api)
    other = f"Dorcas {secrets.token_hex(6)}"
    await api.as_(ann).user.UpdateMe(name=other)

    async def is_found() -> bool:
        return bool(await found(api.as_(ann), other))

    await soon(is_found)
    (result,) = await found(api.as_(ann), other)
    assert (result.id, result.title, result.owner_name) == (ann.id, other, other)
    assert not await found(api.as_(ann), name)


async def test_a_username_and_a_biography_are_found(world: World, api: Api) -> None:
    word = f"seamstress{secrets.token_hex(4)}"
    ann, _ = await findable(world, api, bio=f"I am a {word}.")
    assert [each.id for each in await found(api, ann.username)] == [ann.id]
    username = f"t{secrets.token_hex(6).replace('0', 'x').replace('1', 'y')}"
    await api.as_(ann).user.ChangeUsername(username=username)

    async def is_found() -> bool:
        return [each.subtitle for each in await found(api.as_(ann), username)] == [username]

    await soon(is_found)
    assert [each.id for each in await found(api, word)] == [ann.id]


async def test_a_new_picture_is_there_at_once(world: World, api: Api) -> None:
    ann, name = await findable(world, api)
    async with world.db.transaction() as tx:
        await auth.set_avatar(tx, ann.id, "images/new.jpg")
    (result,) = await found(api.as_(ann), name)
    assert result.picture_url == world.system.urls.public("images/new.jpg")


async def test_who_is_banned_is_not_found_and_is_again_when_the_ban_is_lifted(world: World, api: Api) -> None:
    ann, name = await findable(world, api)
    bob = await world.user()
    async with world.db.transaction() as tx:
        await auth.ban(tx, ann.id, "Spam.")
    assert not await found(api.as_(bob), name)
    assert not (await api.as_(bob).search.Search(q=name)).groups
    await search.rebuild(world.db, People())
    assert not await found(api.as_(bob), name)
    async with world.db.transaction() as tx:
        await auth.unban(tx, ann.id)
    assert await found(api.as_(bob), name)


async def test_who_leaves_is_not_found_and_who_is_gone_leaves_no_name(world: World, api: Api) -> None:
    ann, name = await findable(world, api)
    bob = await world.user()
    async with world.db.transaction() as tx:
        await tx.raw("UPDATE users SET delete_after = now() + interval '30 days' WHERE id = $1", ann.id)
    assert not await found(api.as_(bob), name)
    async with world.db.transaction() as tx:
        await search.HOLDER.erase(tx, ann.id)
        left = await tx.raw("SELECT 1 FROM search_documents WHERE kind = 'person' AND ref = $1", ann.id)
    assert left == []


async def test_an_export_says_what_others_find(world: World, api: Api) -> None:
    ann, name = await findable(world, api)
    async with world.db.snapshot() as tx:
        records = [(kind, record["title"]) async for kind, record in search.HOLDER.export(tx, ann.id)]
    assert records == [("search_documents", name)]


async def test_guests_are_not_found(world: World) -> None:
    guest = await world.user(is_guest=True)
    async with world.db.transaction() as tx:
        await search.people.index_person(tx, guest.id)
        assert await tx.raw("SELECT 1 FROM search_documents WHERE kind = 'person' AND ref = $1", guest.id) == []
