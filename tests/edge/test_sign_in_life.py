"""The whole life of an account through the edge, by JSON and by gRPC: coming in, staying, and leaving for good."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import IPv4Address
from urllib.parse import parse_qs, urlsplit

import pytest

from cnt_grpc.auth.rules import deletion
from cnt_grpc.auth.rules.forgetting import forget_old
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database
from tests.auth import makers
from tests.auth.redirects import START, browsing, told
from tests.edge.doors import DOORS
from tests.edge.houses import App, House, housed
from tests.harness.database import Cluster
from tests.harness.google import GoogleStandIn

PATIENCE = 60.0
FIRST, SECOND = "dove and olive branch", "a rainbow after the flood"


@pytest.fixture(scope="module")
async def house(
    cluster: Cluster, google: GoogleStandIn, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """Where the stories happen."""
    async with housed(await cluster.clone(), tmp_path_factory.mktemp("house"), google.url) as made:
        yield made


@pytest.mark.parametrize("way", DOORS)
async def test_a_life(house: House, google: GoogleStandIn, way: str) -> None:
    """Everything that an account can meet, in the order in which it happens."""
    nobody = App(house, DOORS[way](house.gate), str(IPv4Address((10 << 24) + secrets.randbelow(2**24))))
    email = f"ann.{secrets.token_hex(6)}@example.org"
    ann, user_id = await registered(nobody, email)
    await signed_in_everywhere(nobody, ann, email, user_id)
    ann = await by_google(nobody, google)
    guest = await from_guest_to_member(nobody)
    await blocked(ann, guest)
    ann = await with_a_new_password(nobody, email)
    await exported(ann, email)
    await gone(nobody, ann, email, user_id)


async def registered(nobody: App, email: str) -> tuple[App, str]:
    """By a code, with a proven address; and by a password alone, whose address is proven later."""
    code = await nobody.code(email, "REGISTER")
    verify = {"email": email, "purpose": "CODE_PURPOSE_REGISTER"}
    assert (await nobody("AuthService/VerifyOtp", otp_code=code, **verify))["verified"]
    given = {"email": email, "password": FIRST, "name": "Ann Life", "bio": "Sings"}
    await nobody.refused("AuthService/RegisterWithOtp", "CODE_WRONG", otp_code=other(code), **given)
    made = await nobody("AuthService/RegisterWithOtp", otp_code=code, **given)
    ann = nobody.with_(made)
    me = (await ann("UserService/GetMe"))["user"]
    assert (me["user_id"], me["email"], me["email_verified"], me["bio"]) == (made["user_id"], email, True, "Sings")
    taken = await nobody("AuthService/Register", **given)
    assert taken.reason == "EMAIL_TAKEN"
    name = await nobody("AuthService/CheckUsername", username=me["username"])
    assert not name["available"]
    assert name["suggestions"]

    # Kept as mail servers spell it: every one of them knows how to send there.
    word = secrets.token_hex(6)
    second = await nobody("AuthService/Register", email=f"bob.{word}@bücher.example", password=FIRST, name="Bob Life")
    theirs, bob = second["email"], nobody.with_(second)
    assert theirs == f"bob.{word}@xn--bcher-kva.example"
    assert not (await bob("UserService/GetMe"))["user"]["email_verified"]
    assert (await bob("AuthService/VerifyEmail", otp_code=await bob.code(theirs, "VERIFY_EMAIL")))["verified"]
    assert (await bob("UserService/GetMe"))["user"]["email_verified"]
    return ann, made["user_id"]


async def signed_in_everywhere(nobody: App, ann: App, email: str, user_id: str) -> None:
    """By password and by code; sessions are seen, go on by refresh tokens, and end alone and together."""
    await nobody.refused("AuthService/Login", "WRONG_CREDENTIALS", username_or_email=email, password="wrong one")
    first = await nobody("AuthService/Login", username_or_email=email.upper(), password=FIRST)
    code = await nobody.code(email, "LOGIN")
    second = await nobody("AuthService/LoginWithOtp", email=email, otp_code=code)
    assert first["user_id"] == second["user_id"] == user_id
    phone, tablet = nobody.with_(first), nobody.with_(second)

    refreshed = await nobody("AuthService/RefreshToken", refresh_token=first["refresh_token"])
    again = await nobody("AuthService/RefreshToken", refresh_token=first["refresh_token"])
    assert refreshed["refresh_token"] == again["refresh_token"] != first["refresh_token"]

    sessions = (await ann("AuthService/ListSessions"))["sessions"]
    assert len(sessions) == 3
    assert {each["address"] for each in sessions} == {nobody.address}
    assert [each["is_current"] for each in sessions] == [False, False, True]
    await ann("AuthService/EndSession", session_id=sessions[0]["session_id"])
    await tablet.refused("UserService/GetMe", "NOT_SIGNED_IN")
    assert (await phone("UserService/GetMe"))["user"]["user_id"] == user_id
    assert (await ann("AuthService/EndOtherSessions"))["ended"] == 1
    await phone.refused("UserService/GetMe", "NOT_SIGNED_IN")

    # Whoever has an old refresh token later than a lost reply explains is a thief: the session ends.
    stolen = await nobody("AuthService/Login", username_or_email=email, password=FIRST)
    kept = await nobody("AuthService/RefreshToken", refresh_token=stolen["refresh_token"])
    clock.move(timedelta(seconds=11))
    await nobody.refused("AuthService/RefreshToken", "REFRESH_TOKEN_INVALID", refresh_token=stolen["refresh_token"])
    await nobody.with_(kept).refused("UserService/GetMe", "NOT_SIGNED_IN")
    out = await nobody("AuthService/Login", username_or_email=email, password=FIRST)
    assert not (await nobody("AuthService/Logout", refresh_token=out["refresh_token"])).reason
    await nobody.with_(out).refused("UserService/GetMe", "NOT_SIGNED_IN")


async def by_google(nobody: App, google: GoogleStandIn) -> App:
    """By an id token, by an access token, and as a plain page does; all lead to one account."""
    assert (await nobody("AuthService/GetGoogleClientId"))["client_id"]
    grace = google.person(name="Grace Life")
    forged = google.id_token(grace, aud="another-client")
    await nobody.refused("AuthService/GoogleLogin", "GOOGLE_TOKEN_INVALID", id_token=forged)
    made = await nobody("AuthService/GoogleLogin", id_token=google.id_token(grace))
    found = await nobody("AuthService/GoogleLogin", access_token=google.access_token(grace))
    google.next_person = grace
    code = (await there_and_back(nobody.house, google))["code"]
    exchanged = await nobody("AuthService/ExchangeSignInCode", code=code)
    assert made["user_id"] == found["user_id"] == exchanged["user_id"]
    assert (exchanged["name"], exchanged["email"]) == ("Grace Life", grace["email"])
    await nobody.refused("AuthService/ExchangeSignInCode", "SIGN_IN_CODE_INVALID", code=code)
    return nobody.with_(exchanged)


async def there_and_back(house: House, google: GoogleStandIn, *, keeps_cookie: bool = True) -> dict[str, str]:
    """What the page is told that a browser ends at; the edge passes on the cookie with which it left."""
    async with browsing(house.gate.url) as browser:
        departure = await browser.get(START)
        assert urlsplit(departure).netloc == urlsplit(google.url).netloc
        assert parse_qs(urlsplit(departure).query)["code_challenge_method"] == ["S256"]
        callback = await browser.get(departure)
        browser.cookie = browser.cookie if keeps_cookie else ""
        return told(await browser.get(callback))


async def test_another_browser_cannot_come_back_from_google(house: House, google: GoogleStandIn) -> None:
    google.next_person = google.person()
    assert set(await there_and_back(house, google)) == {"code"}
    assert await there_and_back(house, google, keeps_cookie=False) == {"error": "expired"}


async def from_guest_to_member(nobody: App) -> App:
    """Somebody looks around, and registers with what they have done until then."""
    guest = await nobody("AuthService/CreateGuest", name="Passing By")
    visitor = nobody.with_(guest)
    await visitor.refused("UserService/GetMe", "ROLE_MISSING")
    email = f"guest.{secrets.token_hex(6)}@example.org"
    member = await visitor("AuthService/Register", email=email, password=FIRST, name="Here To Stay")
    assert member["user_id"] == guest["user_id"]
    signed_in = nobody.with_(member)
    assert (await signed_in("UserService/GetMe"))["user"]["name"] == "Here To Stay"
    return signed_in


async def blocked(ann: App, other: App) -> None:
    """Both are hidden from each other until it is taken back."""
    mine = (await ann("UserService/GetMe"))["user"]
    theirs = (await other("UserService/GetMe"))["user"]
    assert not (await ann("UserService/BlockUser", user_id=theirs["user_id"])).reason
    assert [each["user_id"] for each in (await ann("UserService/ListBlocks"))["blocks"]] == [theirs["user_id"]]
    await other.refused("UserService/GetPublicUser", "USER_NOT_FOUND", user_id=mine["user_id"])
    await ann.refused("UserService/GetPublicUser", "USER_NOT_FOUND", username=theirs["username"])
    assert not (await ann("UserService/UnblockUser", user_id=theirs["user_id"])).reason
    assert (await other("UserService/GetPublicUser", user_id=mine["user_id"]))["user"]["name"] == mine["name"]


async def with_a_new_password(nobody: App, email: str) -> App:
    """Forgotten, and set by a code: that ends every session."""
    before = nobody.with_(await nobody("AuthService/Login", username_or_email=email, password=FIRST))
    assert (await nobody("AuthService/ForgotPassword", email=email))["expires_at"]
    code = await nobody.house.code(email)
    assert not (await nobody("AuthService/ResetPassword", email=email, otp_code=code, new_password=SECOND)).reason
    await before.refused("UserService/GetMe", "NOT_SIGNED_IN")
    await nobody.refused("AuthService/Login", "WRONG_CREDENTIALS", username_or_email=email, password=FIRST)
    return nobody.with_(await nobody("AuthService/Login", username_or_email=email, password=SECOND))


async def exported(ann: App, email: str) -> None:
    """Everything that is held, for who has just confirmed who they are."""
    clock.move(timedelta(minutes=11))
    await ann.refused("UserService/RequestExport", "CONFIRMATION_NEEDED")
    await ann.refused("AuthService/Confirm", "WRONG_CREDENTIALS", password=FIRST)
    assert (await ann("AuthService/Confirm", password=SECOND))["fresh_until"]
    export = (await ann("UserService/RequestExport"))["export"]
    async with asyncio.timeout(PATIENCE):
        while export["state"] == "EXPORT_STATE_PREPARING":
            await asyncio.sleep(0.1)
            export = (await ann("UserService/GetExport"))["export"]
    assert export["state"] == "EXPORT_STATE_READY"
    url = urlsplit(export["url"])
    file = await ann.house.gate.ask("GET", f"{url.path}?{url.query}")
    assert (file.status, len(file.body)) == (200, int(export["size"]))
    assert json.loads(file.body)["rooms"]["auth"]["account"][0]["email"] == email


async def gone(nobody: App, ann: App, email: str, user_id: str) -> None:
    """Deleted, taken back within thirty days, and deleted for good; and a guest, of whom nothing is left but an id."""
    visitor = await nobody("AuthService/CreateGuest")
    assert (await ann("UserService/DeleteMe"))["delete_after"]
    await nobody.refused("UserService/GetPublicUser", "USER_NOT_FOUND", user_id=user_id)
    clock.move(timedelta(days=29))
    back = nobody.with_(await nobody("AuthService/Login", username_or_email=email, password=SECOND))
    assert (await nobody("UserService/GetPublicUser", user_id=user_id))["user"]["name"] == "Ann Life"
    assert (await back("UserService/DeleteMe"))["delete_after"]
    clock.move(timedelta(days=30, minutes=1))
    db = nobody.house.running.system.db
    await db.transact(deletion.start_due)
    # Not by trying to sign in: who is a moment before their erasure is still let in, and stays.
    await erased(db, user_id)
    await nobody.refused("AuthService/Login", "WRONG_CREDENTIALS", username_or_email=email, password=SECOND)

    # The visitor's session is over and forgotten by now, another one's is not.
    clock.move(timedelta(days=2))
    later = await nobody("AuthService/CreateGuest")
    while await db.transact(forget_old):
        pass
    await db.transact(deletion.start_due)
    await erased(db, visitor["user_id"])
    async with db.transaction() as tx:
        assert (await makers.row(tx, int(later["user_id"])))["delete_after"] is None


async def erased(db: Database, user_id: str) -> None:
    """Wait until nothing names this person."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with db.transaction() as tx:
                if (await makers.row(tx, int(user_id)))["erased_at"] is not None:
                    return
            await asyncio.sleep(0.05)


def other(code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 10**6:06}"
