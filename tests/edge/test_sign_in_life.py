"""The whole life of an account through the edge: everything that people do to come in, to stay and to leave."""

from urllib.parse import parse_qs, urlsplit

from tests.auth.redirects import START, browsing, told
from tests.edge.edges import Edge
from tests.harness.google import GoogleStandIn


async def test_to_google_and_back(gate: Edge, google: GoogleStandIn) -> None:
    """As a browser goes: the edge passes the cookie on with which it left, and the page's code becomes tokens."""
    google.next_person = google.person(name="Rita Redirect")
    async with browsing(gate.url) as browser:
        departure = await browser.get(START)
        assert urlsplit(departure).netloc == urlsplit(google.url).netloc
        assert parse_qs(urlsplit(departure).query)["code_challenge_method"] == ["S256"]
        page = told(await browser.get(await browser.get(departure)))
        assert set(page) == {"code"}, page
    made = await gate.ask("POST", "/api/v1/auth/exchange", json={"code": page["code"]})
    assert (made.status, made.json["email"]) == (200, google.next_person["email"]), made
    used = await gate.ask("POST", "/api/v1/auth/exchange", json={"code": page["code"]})
    assert (used.status, used.reason) == (401, "SIGN_IN_CODE_INVALID")


async def test_another_browser_cannot_come_back_from_google(gate: Edge, google: GoogleStandIn) -> None:
    google.next_person = google.person()
    async with browsing(gate.url) as browser:
        callback = await browser.to_callback()
        browser.cookie = ""
        assert told(await browser.get(callback)) == {"error": "expired"}
