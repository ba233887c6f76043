"""Signing in by Google: its tokens checked by the real code, and accounts made, found and linked."""

import asyncio
import secrets
from datetime import timedelta
from io import BytesIO
from typing import Any

import jwt
import pytest
from grpc import StatusCode
from PIL import Image

from cnt_grpc.auth import Addresses, AuthJobs, GoogleApi, tokens
from cnt_grpc.auth.google import Google
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.errors import Precondition, Unauthenticated, Unavailable
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import CopyPicture
from tests.auth import makers
from tests.harness.api import Api
from tests.harness.google import CLIENT_ID, GoogleStandIn
from tests.harness.world import World


async def row(world: World, user_id: int) -> Row:
    async with world.db.transaction() as tx:
        return await makers.row(tx, user_id)


async def test_the_client_id_is_told(api: Api) -> None:
    assert (await api.auth.GetGoogleClientId()).client_id == CLIENT_ID


async def test_without_a_client_nobody_signs_in_by_google() -> None:
    google = GoogleApi("", "", Addresses())
    for ask in (google.by_id_token("x"), google.by_access_token("x")):
        with pytest.raises(Precondition) as refused:
            await ask
        assert (refused.value.reason, refused.value.metadata) == (
            "GOOGLE_NOT_CONFIGURED", {"setting": "GOOGLE_CLIENT_ID"},
        )  # fmt: skip


@pytest.mark.parametrize("by", ["id_token", "access_token"])
async def test_the_first_time_makes_an_account_and_the_second_finds_it(
    world: World, api: Api, google: GoogleStandIn, by: str
) -> None:
    grace = google.person()
    make = getattr(google, by)
    first = await api.auth.GoogleLogin(**{by: make(grace)})
    # Google's subject never changes; everything else may.
    second = await api.auth.GoogleLogin(**{by: make(grace | {"email": "other@example.com", "name": "Other"})})
    assert (second.user_id, second.email, second.name) == (first.user_id, grace["email"], "Grace Google")
    kept = await row(world, first.user_id)
    assert (kept["google_id"], kept["auth_provider"], kept["password_hash"]) == (grace["sub"], "google", None)
    assert kept["email_verified_at"] is not None
    me = (await api.with_(authorization=f"Bearer {second.access_token}").user.GetMe()).user
    assert me.user_id == first.user_id


async def test_twenty_first_times_at_once_make_one_account(api: Api, google: GoogleStandIn) -> None:
    token = google.id_token(google.person())
    replies = await asyncio.gather(*(api.auth.GoogleLogin(id_token=token)._one() for _ in range(20)))
    assert len({reply.user_id for reply in replies}) == 1


async def test_a_guest_becomes_an_account(world: World, api: Api, google: GoogleStandIn) -> None:
    guest = await world.user(is_guest=True)
    reply = await api.as_(guest).auth.GoogleLogin(id_token=google.id_token(google.person()))
    assert (reply.user_id, tokens.verify(reply.access_token).session_id) == (guest.id, guest.session_id)


@pytest.mark.parametrize(("ours", "googles"), [(True, True), (True, False), (False, True), (False, False)])
async def test_an_account_is_linked_only_when_both_sides_know_the_address_as_proven(
    world: World, api: Api, google: GoogleStandIn, ours: bool, googles: bool
) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        proven_at = clock.now() if ours else None
        await makers.set_columns(tx, ann.id, password_hash=makers.password_hash(), email_verified_at=proven_at)
    grace = google.person(email=ann.email.upper(), email_verified=googles)
    if ours and googles:
        reply = await api.auth.GoogleLogin(id_token=google.id_token(grace))
        assert reply.user_id == ann.id
        kept = await row(world, ann.id)
        assert (kept["google_id"], kept["auth_provider"]) == (grace["sub"], "both")
        # A second Google account with the same address is another person's.
        other = google.id_token(google.person(email=ann.email))
        await api.auth.GoogleLogin(id_token=other).fails(StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN")
    else:
        await api.auth.GoogleLogin(id_token=google.id_token(grace)).fails(StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN")
        assert (await row(world, ann.id))["google_id"] is None


async def test_signing_in_takes_a_deletion_back_and_a_ban_stands(world: World, api: Api, google: GoogleStandIn) -> None:
    token = google.id_token(google.person())
    made = await api.auth.GoogleLogin(id_token=token)
    async with world.db.transaction() as tx:
        await makers.set_columns(tx, made.user_id, delete_after=clock.now() + timedelta(days=3))
    await api.auth.GoogleLogin(id_token=token)
    assert (await row(world, made.user_id))["delete_after"] is None
    async with world.db.transaction() as tx:
        await makers.set_columns(tx, made.user_id, banned_at=clock.now())
    await api.auth.GoogleLogin(id_token=token).fails(StatusCode.PERMISSION_DENIED, "ACCOUNT_BANNED")


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another-client"}, {"aud": [CLIENT_ID + "x"]}, {"aud": None}, {"iss": "https://accounts.example.com"},
        {"iss": None}, {"sub": None}, {"sub": ""}, {"email": None}, {"email": "no address"}, {"exp": None},
        {"exp": "x"}, {"exp": 1}, {"iat": None}, {"iat": 10**12},
    ],
)  # fmt: skip
async def test_id_tokens_with_another_or_no_claim_are_refused(
    api: Api, google: GoogleStandIn, change: dict[str, Any]
) -> None:
    token = google.id_token(google.person(), **change)
    await api.auth.GoogleLogin(id_token=token).fails(StatusCode.UNAUTHENTICATED, "GOOGLE_TOKEN_INVALID")


async def test_id_tokens_that_google_did_not_sign_are_refused(api: Api, google: GoogleStandIn) -> None:
    grace = google.person()
    token = google.id_token(grace)
    [head, body, tag] = token.split(".")
    thief = GoogleStandIn()
    name = thief.new_key()
    stolen_name = next(iter(google.keys))
    thief.keys[stolen_name] = thief.keys[name]
    public = google.keys[stolen_name].public_key()
    for forged in (
        thief.id_token(grace, key=name),
        thief.id_token(grace, key=stolen_name),
        f"{head}.{body}.{tag[::-1]}",
        f"{head}.{body}.",
        jwt.encode(jwt.decode(token, options={"verify_signature": False}), "", algorithm="none"),
        # The public key taken for a secret.
        jwt.encode(
            jwt.decode(token, options={"verify_signature": False}),
            str(public.public_numbers().n).encode(),
            algorithm="HS256",
            headers={"kid": stolen_name},
        ),
        "x", "a.b.c", "é.é.é",
    ):  # fmt: skip
        await api.auth.GoogleLogin(id_token=forged).fails(StatusCode.UNAUTHENTICATED, "GOOGLE_TOKEN_INVALID")


async def test_an_id_token_expires(api: Api, google: GoogleStandIn) -> None:
    token = google.id_token(google.person())
    clock.move(timedelta(hours=1, seconds=20))
    await api.auth.GoogleLogin(id_token=token)
    clock.move(timedelta(seconds=20))
    await api.auth.GoogleLogin(id_token=token).fails(StatusCode.UNAUTHENTICATED, "GOOGLE_TOKEN_INVALID")


async def test_keys_are_kept_as_long_as_google_says_and_new_ones_are_found(google: GoogleStandIn) -> None:
    mine = GoogleApi(CLIENT_ID, "", Addresses(google.url, google.url, google.url))
    grace = google.person()
    before = google.asked_for_keys
    for _ in range(5):
        await mine.by_id_token(google.id_token(grace))
    assert google.asked_for_keys == before + 1
    new = google.new_key()
    clock.move(timedelta(minutes=2))
    assert (await mine.by_id_token(google.id_token(grace, key=new))).subject == grace["sub"]
    assert google.asked_for_keys == before + 2
    # Who makes key ids up does not make us ask each time.
    thief = GoogleStandIn()
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await mine.by_id_token(thief.id_token(grace, key=thief.new_key()))
    assert google.asked_for_keys == before + 2
    clock.move(timedelta(minutes=61))
    await mine.by_id_token(google.id_token(grace))
    assert google.asked_for_keys == before + 3
    await mine.close()


@pytest.mark.parametrize("status", [503, 429])
async def test_while_google_is_away_nobody_signs_in_by_it(google: GoogleStandIn, status: int) -> None:
    """Which is no word against anybody's token, also where Google only wants fewer calls."""
    mine = GoogleApi(CLIENT_ID, "", Addresses(google.url, google.url, google.url))
    grace = google.person()
    google.refuses_with = status
    try:
        for ask in (mine.by_id_token(google.id_token(grace)), mine.by_access_token(google.access_token(grace))):
            with pytest.raises(Unavailable) as refused:
                await ask
            assert refused.value.reason == "PARTY_UNAVAILABLE"
    finally:
        google.refuses_with = 0
    await mine.close()


@pytest.mark.parametrize("change", [{"aud": "another-client"}, {"exp": "1"}, {"exp": "soon"}, {"sub": "another"}])
async def test_access_tokens_of_others_are_refused(api: Api, google: GoogleStandIn, change: dict[str, Any]) -> None:
    for token in (google.access_token(google.person(), **change), "unknown"):
        await api.auth.GoogleLogin(access_token=token).fails(StatusCode.UNAUTHENTICATED, "GOOGLE_TOKEN_INVALID")


async def test_one_token_is_needed(api: Api) -> None:
    await api.auth.GoogleLogin().fails(StatusCode.INVALID_ARGUMENT, "INVALID")


@pytest.mark.parametrize(
    "url",
    [
        "http://lh3.googleusercontent.com/a/x", "https://lh3.googleusercontent.com.evil.example/a/x",
        "https://googleusercontent.com@evil.example/", "https://127.0.0.1/", "https://evilgoogleusercontent.com/a",
        "https://lh3.googleusercontent.com:8443/a", "file:///etc/passwd", "", "https://[::1]/",
    ],
)  # fmt: skip
async def test_pictures_come_only_from_googles_own_hosts(url: str) -> None:
    assert await GoogleApi(CLIENT_ID, "", Addresses()).picture(url) is None


async def test_a_picture_is_copied_into_our_storage(world: World, api: Api, google: GoogleStandIn) -> None:
    made = await api.auth.GoogleLogin(id_token=google.id_token(google.person()))

    class Shown(GoogleApi):
        async def picture(self, url: str) -> bytes | None:
            assert url == "https://lh3.googleusercontent.com/a/grace"
            return PICTURE

    google_with_picture: Google = Shown(CLIENT_ID, "", Addresses())
    system = world.system
    mine = AuthJobs(google_with_picture, system.avatars, system.vault, ())
    run: Any = type("Run", (), {"db": world.db})()
    picture = CopyPicture(user_id=made.user_id, url="https://lh3.googleusercontent.com/a/grace")
    await mine.copy_picture(picture, run)
    me = (await api.with_(authorization=f"Bearer {made.access_token}").user.GetMe()).user
    assert me.avatar_url.endswith((".jpg", ".png", ".webp"))
    first = (await row(world, made.user_id))["avatar_key"]
    await mine.copy_picture(picture, run)
    assert (await row(world, made.user_id))["avatar_key"] == first


def _png() -> bytes:
    out = BytesIO()
    Image.frombytes("RGB", (64, 64), secrets.token_bytes(64 * 64 * 3)).save(out, "PNG")
    return out.getvalue()


PICTURE = _png()
