"""The page of the JSON API, in Chromium and through the edge: it shows methods, and its policy blocks nothing of it."""

import json
from pathlib import Path

from cnt_grpc import http
from tests.edge.chromium import browser
from tests.edge.edges import Edge

DOCUMENT = Path(http.__file__).with_name("openapi.json")
READY = "document.documentElement?.dataset.ready === 'true'"


async def test_the_document_is_served_compressed(gate: Edge) -> None:
    answer = await gate.ask("GET", "/openapi.json")
    assert answer.status == 200
    assert answer.json == json.loads(DOCUMENT.read_text(encoding="utf-8"))
    answer = await gate.ask("GET", "/openapi.json", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.body) < DOCUMENT.stat().st_size / 5


async def test_the_page_may_load_only_what_is_ours(gate: Edge) -> None:
    for path in ("/docs", "/docs/"):
        answer = await gate.ask("GET", path)
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "default-src 'none'; script-src 'self'" in answer.headers["content-security-policy"]
    assert (await gate.ask("GET", "/docs/nothing.js")).status == 404


async def test_the_page_shows_a_method(gate: Edge) -> None:
    async with browser() as page:
        await page.visit(f"{gate.url}/docs", READY)
        assert await page.evaluate("document.querySelectorAll('nav a').length") > 50
        await page.evaluate("location.hash = '#AuthService_Login'")
        await page.until("document.querySelector('nav a[aria-current]') !== null")
        text = await page.evaluate("document.getElementById('main').innerText")
        for word in ("POST", "/api/v1/auth/login", "username_or_email", "access_token", "INVALID", "curl"):
            assert word in text, word
        # The filter leaves what has the word.
        await page.evaluate(
            "const f = document.getElementById('filter'); f.value = 'auth/login'; f.dispatchEvent(new Event('input'))"
        )
        paths = await page.evaluate("[...document.querySelectorAll('nav a')].map((a) => a.textContent)")
        assert paths
        assert all("auth/login" in path for path in paths)


async def test_every_method_can_be_shown(gate: Edge) -> None:
    """Each in turn, with every message opened once: nothing throws, and what the edge sent was enough."""
    async with browser() as page:
        await page.visit(f"{gate.url}/docs", READY)
        broken = await page.evaluate(
            """(async () => {
                const broken = [];
                addEventListener("error", (event) => broken.push(event.message));
                document.addEventListener("securitypolicyviolation", (event) => broken.push(event.blockedURI));
                for (const link of document.querySelectorAll("nav a")) {
                    location.hash = link.hash;
                    await new Promise((done) => setTimeout(done));
                    for (const more of document.querySelectorAll("details")) more.open = true;
                    await new Promise((done) => setTimeout(done));
                    if (!document.querySelector("#main table")) broken.push(link.hash);
                }
                return broken;
            })()"""
        )
        assert broken == []
