"""Devices through the wire: registered, listed, forgotten, and never shared."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from grpc import StatusCode
from sqlalchemy import Executable, bindparam, select, update

from cnt_grpc.kit import seal
from cnt_grpc.kit.db import statement
from cnt_grpc.notification import devices
from cnt_grpc.notification.tables import device_tokens
from cnt_grpc.pb.cnt.notification.v1 import device_service_pb2 as pb2

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import Person, World

IOS, WEB = pb2.DEVICE_PLATFORM_IOS, pb2.DEVICE_PLATFORM_WEB


@statement
def stored() -> Executable:
    return select(device_tokens).where(device_tokens.c.user_id == bindparam("person"))


@statement
def sealed_otherwise() -> Executable:
    device = update(device_tokens).where(device_tokens.c.id == bindparam("device_id"))
    return device.values({"token": bindparam("token")})


def new_token() -> str:
    return secrets.token_urlsafe(120)


async def ids(api: Api, who: Person) -> list[int]:
    reply: Any = await api.as_(who).device.ListDevices(page_size=100)
    return [each.device_id for each in reply.devices]


async def test_a_device_is_registered_once(world: World, api: Api) -> None:
    ann = await world.user()
    token = new_token()
    first = (await api.as_(ann).device.RegisterDevice(token=token, platform=IOS)).device
    again = (await api.as_(ann).device.RegisterDevice(token=token, platform=WEB)).device
    assert again.device_id == first.device_id
    assert (again.platform, again.created_at) == (WEB, first.created_at)
    assert await ids(api, ann) == [first.device_id]


async def test_who_signs_in_on_a_device_takes_it_over(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    token = new_token()
    await api.as_(ann).device.RegisterDevice(token=token, platform=IOS)
    device = (await api.as_(bob).device.RegisterDevice(token=token, platform=IOS)).device
    assert await ids(api, ann) == []
    assert await ids(api, bob) == [device.device_id]


async def test_a_device_is_forgotten_by_its_id_and_by_its_token(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    token = new_token()
    device = (await api.as_(ann).device.RegisterDevice(token=token, platform=IOS)).device
    await api.as_(bob).device.UnregisterDevice(token=token).fails(StatusCode.NOT_FOUND, "DEVICE_NOT_FOUND")
    await api.as_(bob).device.DeleteDevice(device_id=device.device_id).fails(StatusCode.NOT_FOUND, "DEVICE_NOT_FOUND")
    await api.as_(ann).device.UnregisterDevice(token=token)
    assert await ids(api, ann) == []
    device = (await api.as_(ann).device.RegisterDevice(token=token, platform=IOS)).device
    await api.as_(ann).device.DeleteDevice(device_id=device.device_id)
    assert await ids(api, ann) == []


async def test_a_device_registered_again_after_a_new_key_is_reached_again(world: World, api: Api) -> None:
    ann = await world.user()
    token = new_token()
    first = (await api.as_(ann).device.RegisterDevice(token=token, platform=IOS)).device
    ours = seal._secret.decode()
    # No other task runs between these two: the key is the whole process's.
    seal.configure("another key, as long as a key has to be, of a day before")
    sealed = seal.seal("device_token", token.encode(), devices._hash(token))
    seal.configure(ours)
    async with world.db.transaction() as tx:
        await tx.run(sealed_otherwise(), device_id=first.device_id, token=sealed)
    async with world.db.reading() as tx:
        (row,) = await tx.all(stored(), person=ann.id)
    assert devices.opened(row["token"], row["token_hash"]) is None
    again = (await api.as_(ann).device.RegisterDevice(token=token, platform=IOS)).device
    assert again.device_id == first.device_id
    async with world.db.reading() as tx:
        (row,) = await tx.all(stored(), person=ann.id)
    assert devices.opened(row["token"], row["token_hash"]) == token


async def test_the_oldest_make_room(world: World, api: Api) -> None:
    ann = await world.user()
    made = [
        (await api.as_(ann).device.RegisterDevice(token=new_token(), platform=IOS)).device.device_id
        for _ in range(devices.MOST + 2)
    ]
    assert await ids(api, ann) == made[:1:-1]


async def test_a_token_lies_open_nowhere(world: World, api: Api) -> None:
    ann = await world.user()
    token = new_token()
    await api.as_(ann).device.RegisterDevice(token=token, platform=IOS)
    async with world.db.reading() as tx:
        row = await tx.one(stored(), person=ann.id)
    assert row is not None
    assert token.encode() not in row["token"]
    assert devices.opened(row["token"], row["token_hash"]) == token
