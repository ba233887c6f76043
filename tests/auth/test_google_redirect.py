"""Signing in by Google on a plain web page, with the redirects that a browser follows."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from tests.auth import makers
from tests.auth.redirects import START, Browser, browsing, told
from tests.harness.api import Api
from tests.harness.google import GoogleStandIn
from tests.harness.running import Running
from tests.harness.world import World


@pytest.fixture
async def browser(running: Running) -> AsyncIterator[Browser]:
    async with browsing(running.side_url) as made:
        yield made


async def test_there_and_back(api: Api, google: GoogleStandIn, browser: Browser) -> None:
    google.next_person = google.person(name="Rita Redirect")
    departure = await browser.get(START)
    asked = parse_qs(urlsplit(departure).query)
    assert asked["redirect_uri"] == ["http://localhost:8080/api/v1/auth/google/callback"]
    assert browser.morsel["httponly"]
    assert browser.morsel["samesite"] == "Lax"
    assert browser.morsel["path"] == f"{START}/callback"
    page = told(await browser.get(await browser.get(departure)))
    assert set(page) == {"code"}
    reply = await api.auth.ExchangeSignInCode(code=page["code"])
    assert (reply.name, reply.email) == ("Rita Redirect", google.next_person["email"])
    assert (await api.with_(authorization=f"Bearer {reply.access_token}").user.GetMe()).user.user_id == reply.user_id
    await api.auth.ExchangeSignInCode(code=page["code"]).fails(StatusCode.UNAUTHENTICATED, "SIGN_IN_CODE_INVALID")


async def test_the_code_works_for_a_minute(api: Api, google: GoogleStandIn, browser: Browser) -> None:
    google.next_person = google.person()
    page = told(await browser.get(await browser.to_callback()))
    clock.move(timedelta(seconds=61))
    await api.auth.ExchangeSignInCode(code=page["code"]).fails(StatusCode.UNAUTHENTICATED, "SIGN_IN_CODE_INVALID")


async def test_another_browser_cannot_finish(google: GoogleStandIn, browser: Browser, running: Running) -> None:
    google.next_person = google.person()
    callback = await browser.to_callback()
    own, browser.cookie = browser.cookie, ""
    assert told(await browser.get(callback)) == {"error": "expired"}
    other = Browser(browser.session, running.side_url)
    await other.get(START)
    assert told(await other.get(callback)) == {"error": "expired"}
    browser.cookie = own[:-4] + "AAAA"
    assert told(await browser.get(callback)) == {"error": "expired"}


async def test_a_code_of_googles_works_once_and_only_for_who_asked(google: GoogleStandIn, browser: Browser) -> None:
    google.next_person = google.person()
    callback = await browser.to_callback()
    cookie = browser.cookie
    assert "code" in told(await browser.get(callback))
    browser.cookie = cookie
    assert told(await browser.get(callback)) == {"error": "refused"}
    # Somebody else's code, put into one's own return.
    mine = await browser.to_callback()
    cookie = browser.cookie
    theirs = parse_qs(urlsplit(await browser.to_callback()).query)["code"][0]
    browser.cookie = cookie
    parts = parse_qs(urlsplit(mine).query)
    mixed = mine.replace(parts["code"][0], theirs)
    assert told(await browser.get(mixed)) == {"error": "refused"}


async def test_whoever_takes_too_long_or_declines_is_told(google: GoogleStandIn, browser: Browser) -> None:
    google.next_person = google.person()
    callback = await browser.to_callback()
    state = parse_qs(urlsplit(callback).query)["state"][0]
    declined = f"{callback.partition('?')[0]}?error=access_denied&state={state}"
    cookie = browser.cookie
    assert told(await browser.get(declined)) == {"error": "cancelled"}
    browser.cookie = cookie
    clock.move(timedelta(minutes=11))
    assert told(await browser.get(callback)) == {"error": "expired"}


async def test_what_the_rules_refuse_is_told(world: World, google: GoogleStandIn, browser: Browser) -> None:
    ann = await world.user()
    google.next_person = google.person(email=ann.email)
    assert told(await browser.get(await browser.to_callback())) == {"error": "email_taken"}
    google.next_person = google.person()
    await browser.get(await browser.to_callback())
    async with world.db.transaction() as tx:
        [made] = await tx.raw("SELECT id FROM users WHERE google_id = $1", google.next_person["sub"])
        await makers.set_columns(tx, made["id"], banned_at=clock.now())
    assert told(await browser.get(await browser.to_callback())) == {"error": "banned"}
