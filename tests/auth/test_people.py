"""Usernames, guests and blocks through the wire."""

import asyncio

import pytest
from grpc import StatusCode

from cnt_grpc.auth.names import clean_username, skeleton
from tests.auth.makers import PASSWORD
from tests.harness.api import Api
from tests.harness.world import World


async def test_a_username_is_available_until_somebody_has_it_or_nearly(world: World, api: Api) -> None:
    ann = await world.user()
    reply = await api.auth.CheckUsername(username="Jubal.Harper")
    assert (reply.available, list(reply.suggestions)) == (True, [])
    await api.as_(ann).user.ChangeUsername(username="Jubal.Harper")
    for wanted in ("jubal.harper", "JUBAL.HARPER", "jubal_harper", "juba1.harper"):
        reply = await api.auth.CheckUsername(username=wanted)
        assert not reply.available
        assert "taken" in reply.message
        assert len(set(reply.suggestions)) == 5
        for suggestion in reply.suggestions:
            assert clean_username(suggestion) == suggestion
            assert (await api.auth.CheckUsername(username=suggestion)).available


@pytest.mark.parametrize("wanted", ["ab", "admin", "a b c", "..dots", "юлия", "1234567", "x" * 31])
async def test_an_impossible_username_is_answered_with_possible_ones(api: Api, wanted: str) -> None:
    reply = await api.auth.CheckUsername(username=wanted)
    assert not reply.available
    assert reply.message.startswith("A username ")
    assert len(reply.suggestions) == 5


async def test_of_many_who_want_one_username_one_gets_it(world: World, api: Api) -> None:
    people = await world.users(6)

    async def take(who: object) -> str:
        try:
            reply = await api.as_(who).user.ChangeUsername(username="asaph.choir")  # type: ignore[arg-type]
        except AssertionError as refused:
            return getattr(refused, "reason", "?")
        return str(reply.user.username)

    answers = await asyncio.gather(*(take(who) for who in people))
    assert sorted(answers) == ["USERNAME_TAKEN"] * 5 + ["asaph.choir"]
    refused = (
        await api.as_(people[0]).user.ChangeUsername(username="admin").fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    )
    assert refused.fields == ["username"]


async def test_a_guest_is_signed_in_and_may_do_little(api: Api) -> None:
    guest = await api.auth.CreateGuest()
    named = await api.auth.CreateGuest(name=" Gail  Guest ")
    assert (guest.name, named.name, guest.email) == ("Guest", "Gail Guest", "")
    assert guest.username != named.username
    assert skeleton(guest.username) != skeleton(named.username)
    mine = api.with_(authorization=f"Bearer {named.access_token}")
    await mine.user.GetMe().fails(StatusCode.PERMISSION_DENIED, "ROLE_MISSING")
    assert (await api.auth.RefreshToken(refresh_token=named.refresh_token)).user_id == named.user_id
    account = await mine.auth.Register(email=f"g{named.user_id}@example.com", password=PASSWORD, name="Gail Grown")
    assert account.user_id == named.user_id
    # At once, although the server remembers for a second that this session is a guest's.
    assert (await mine.user.GetMe()).user.name == "Gail Grown"
    await api.auth.CreateGuest(name="\u200d").fails(StatusCode.INVALID_ARGUMENT, "INVALID")


async def test_a_block_hides_both_from_each_other(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    for _ in range(2):
        await api.as_(ann).user.BlockUser(user_id=bob.id)
    for asking, other in ((ann, bob), (bob, ann)):
        await api.as_(asking).user.GetPublicUser(user_id=other.id).fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
    blocks = (await api.as_(ann).user.ListBlocks()).blocks
    assert [(each.user_id, each.name, each.username) for each in blocks] == [(bob.id, bob.name, bob.username)]
    assert list((await api.as_(bob).user.ListBlocks()).blocks) == []
    # The other one may block too, and learns nothing; each takes back what is their own.
    await api.as_(bob).user.BlockUser(user_id=ann.id)
    await api.as_(ann).user.UnblockUser(user_id=bob.id)
    await api.as_(ann).user.GetPublicUser(user_id=bob.id).fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
    await api.as_(bob).user.UnblockUser(user_id=ann.id)
    await api.as_(bob).user.UnblockUser(user_id=ann.id)
    assert (await api.as_(ann).user.GetPublicUser(user_id=bob.id)).user.name == bob.name


async def test_neither_oneself_nor_nobody_can_be_blocked(world: World, api: Api) -> None:
    ann = await world.user()
    await api.as_(ann).user.BlockUser(user_id=ann.id).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await api.as_(ann).user.BlockUser(user_id=2**62).fails(StatusCode.NOT_FOUND, "USER_NOT_FOUND")
