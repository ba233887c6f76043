"""A browser that signs in by Google on a plain web page: it follows redirects and keeps one cookie."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import aiohttp

START = "/api/v1/auth/google"


class Browser:
    """Follows redirects one by one."""

    def __init__(self, session: aiohttp.ClientSession, our_url: str) -> None:
        self.session = session
        self._our_url = our_url
        self.cookie = ""

    async def get(self, url: str) -> str:
        """Where the answer leads; our own address leads to what is under test."""
        parts = urlsplit(url)
        if parts.path.startswith(START):
            url = f"{self._our_url}{parts.path}?{parts.query}"
        headers = {"Cookie": f"cnt_google={self.cookie}"} if self.cookie else {}
        async with self.session.get(url, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            if "cnt_google" in answer.cookies:
                morsel = answer.cookies["cnt_google"]
                self.cookie = morsel.value
                self.morsel = morsel
                assert answer.headers["Cache-Control"] == "no-store"
            return answer.headers["Location"]

    async def to_callback(self) -> str:
        """As far as Google's redirect back to us."""
        return await self.get(await self.get(START))


@asynccontextmanager
async def browsing(our_url: str) -> AsyncIterator[Browser]:
    """A browser for which our own addresses are at `our_url`."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Browser(session, our_url)


def told(location: str) -> dict[str, str]:
    """What the page is told."""
    assert location.startswith("http://localhost:3000/?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
