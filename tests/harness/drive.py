"""A stand-in for Google Drive: tokens, lists, and bytes by ranges, as its HTTP API (version 3) gives them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

SCOPE = "https://www.googleapis.com/auth/drive.readonly"
FOLDER = "application/vnd.google-apps.folder"
_QUERY = re.compile(r"trashed = false(?: and '(?P<folder>[^']+)' in parents)?(?: and name contains '(?P<words>.*)')?")


@dataclass
class Content:
    """The bytes of a file, made as they are asked for: a large one takes no memory."""

    size: int
    at: Callable[[int, int], bytes]
    """The bytes from one offset to another."""

    @classmethod
    def of(cls, data: bytes) -> Content:
        """These bytes."""
        return cls(len(data), lambda start, end: data[start:end])

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """From one offset to another."""
        while start < end:
            size = min(256 * 1024, end - start)
            yield self.at(start, start + size)
            start += size


@dataclass
class DriveStandIn:
    """Somebody's files in the cloud."""

    client_id: str
    client_secret: str
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Codes of the consent page, with what was asked."""
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    """With whose Drive each opens."""
    access_tokens: dict[str, str] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What Drive says of each file, by its id; `owner` and `content` are ours."""
    cuts: dict[str, list[int]] = field(default_factory=dict)
    """After how many bytes the next answers of a file break off."""
    refusals: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Statuses and reasons of the next answers about a file, whatever is asked."""
    ranges: dict[str, list[int]] = field(default_factory=dict)
    """From where the bytes of each file were asked for."""
    pause: Callable[[str], Any] | None = None
    """Awaited before each piece of bytes."""
    is_away: bool = False
    without_ranges: bool = False

    def connect(self, owner: str) -> tuple[str, str]:
        """A refresh and an access token for somebody's Drive."""
        refresh, access = f"1//{secrets.token_urlsafe(24)}", self.access(owner)
        self.refresh_tokens[refresh] = owner
        return refresh, access

    def access(self, owner: str) -> str:
        """One more access token."""
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self.access_tokens[token] = owner
        return token

    def add(
        self,
        owner: str,
        content: Content | bytes = b"",
        *,
        name: str = "sermon.mp3",
        kind: str = "audio/mpeg",
        sha256: bool = True,
        **told: Any,
    ) -> str:
        """A file in somebody's Drive; its id."""
        file_id = secrets.token_urlsafe(24)
        given = content if isinstance(content, Content) else Content.of(content)
        self.files[file_id] = {"owner": owner, "content": given, "id": file_id, "name": name, "mimeType": kind} | told
        if given.size:
            digest, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
            for piece in given.pieces(0, given.size):
                digest.update(piece)
                md5.update(piece)
            sums = {"md5Checksum": md5.hexdigest()} | ({"sha256Checksum": digest.hexdigest()} if sha256 else {})
            self.files[file_id] |= {"size": str(given.size)} | sums
        self.files[file_id] |= {"modifiedTime": "2026-05-01T10:00:00.000Z", "trashed": False}
        return file_id

    def folder(self, owner: str, *, name: str = "Sermons") -> str:
        """A folder in somebody's Drive; its id."""
        return self.add(owner, name=name, kind=FOLDER)

    # -- what it answers ----------------------------------------------------------------------------------------------

    def page(self, request: web.Request) -> web.Response:
        """The person agrees at once."""
        asked = dict(request.query)
        assert asked["client_id"] == self.client_id
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert (asked["access_type"], asked["prompt"], asked["scope"]) == ("offline", "consent", SCOPE)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    def token(self, form: Mapping[str, Any]) -> web.Response:
        """Tokens for a code or for a refresh token."""
        if self.is_away:
            return web.Response(status=503)
        if (form["client_id"], form["client_secret"]) != (self.client_id, self.client_secret):
            return web.json_response({"error": "invalid_client"}, status=401)
        if form["grant_type"] == "refresh_token":
            owner = self.refresh_tokens.get(str(form["refresh_token"]))
            if owner is None:
                return web.json_response({"error": "invalid_grant"}, status=400)
            return web.json_response({"access_token": self.access(owner), "expires_in": 3599, "scope": SCOPE})
        asked = self.codes.pop(str(form["code"]), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest())
        told = challenge.rstrip(b"=").decode(), form["redirect_uri"]
        if asked is None or told != (asked["code_challenge"], asked["redirect_uri"]):
            return web.json_response({"error": "invalid_grant"}, status=400)
        refresh, access = self.connect(asked.get("login_hint", secrets.token_hex(8)))
        answer = {"access_token": access, "refresh_token": refresh, "expires_in": 3599, "scope": SCOPE}
        return web.json_response(answer | {"token_type": "Bearer"})

    async def revoke(self, request: web.Request) -> web.Response:
        """Take a consent back: all tokens of its account end."""
        if self.is_away:
            return web.Response(status=503)
        owner = self.refresh_tokens.get(str((await request.post())["token"]))
        if owner is None:
            return web.json_response({"error": "invalid_token"}, status=400)
        for tokens in (self.refresh_tokens, self.access_tokens):
            for token in [token for token, whose in tokens.items() if whose == owner]:
                del tokens[token]
        return web.json_response({})

    async def _about(self, request: web.Request) -> web.Response:
        owner = self._owner(request)
        if owner is None:
            return _error(401, "authError")
        return web.json_response({"user": {"emailAddress": f"{owner}@example.com"}})

    async def _list(self, request: web.Request) -> web.Response:
        owner = self._owner(request)
        if owner is None:
            return _error(401, "authError")
        found = _QUERY.fullmatch(request.query["q"])
        assert found is not None, request.query["q"]
        folder, words = found["folder"], found["words"]
        if folder and self.files.get(folder, {}).get("owner") != owner:
            return _error(404, "notFound")
        shown = [each for each in self.files.values() if each["owner"] == owner]
        if folder:
            shown = [each for each in shown if folder in each.get("parents", ())]
        if words:
            plain = words.replace("\\'", "'").replace("\\\\", "\\")
            shown = [each for each in shown if plain.lower() in each["name"].lower()]
        start = int(request.query.get("pageToken", "0").removeprefix("from-"))
        end = start + int(request.query["pageSize"])
        answer: dict[str, Any] = {"files": [_told(each) for each in shown[start:end]]}
        return web.json_response(answer | ({"nextPageToken": f"from-{end}"} if end < len(shown) else {}))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file_id = request.match_info["file_id"]
        if refused := self.refusals.get(file_id):
            return _error(*refused.pop(0))
        owner = self._owner(request)
        if owner is None:
            return _error(401, "authError")
        file = self.files.get(file_id)
        if file is None or file["owner"] != owner:
            return _error(404, "notFound")
        if request.query.get("alt") != "media":
            return web.json_response(_told(file))
        return await self._bytes(request, file)

    async def _bytes(self, request: web.Request, file: dict[str, Any]) -> web.StreamResponse:
        content: Content = file["content"]
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and not self.without_ranges else 0
        self.ranges.setdefault(file["id"], []).append(start)
        headers = {"Content-Type": file["mimeType"], "Content-Length": str(content.size - start)}
        if wanted and not self.without_ranges:
            headers["Content-Range"] = f"bytes {start}-{content.size - 1}/{content.size}"
        answer = web.StreamResponse(status=206 if start else 200, headers=headers)
        await answer.prepare(request)
        cuts = self.cuts.get(file["id"], [])
        end = min(start + cuts.pop(0), content.size) if cuts else content.size
        for piece in content.pieces(start, end):
            if self.pause is not None:
                await self.pause(file["id"])
            try:
                await answer.write(piece)
            except ConnectionError:  # whoever asked was killed
                return answer
        if end < content.size:
            # What has not been read when a connection breaks is lost to the reader.
            await asyncio.sleep(0.2)
            assert request.transport is not None
            request.transport.close()
        return answer

    def _owner(self, request: web.Request) -> str | None:
        return self.access_tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))

    def add_to(self, app: web.Application) -> None:
        """Answer beside the rest of Google; whoever is away answers nothing."""

        @web.middleware
        async def away(request: web.Request, handler: Any) -> web.StreamResponse:
            if self.is_away and request.path.startswith("/drive/"):
                return web.Response(status=503)
            answer: web.StreamResponse = await handler(request)
            return answer

        app.middlewares.append(away)
        app.router.add_get("/drive/v3/about", self._about)
        app.router.add_get("/drive/v3/files", self._list)
        app.router.add_get("/drive/v3/files/{file_id}", self._file)


def _told(file: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in file.items() if name not in {"owner", "content", "parents"}}


def _error(status: int, reason: str) -> web.Response:
    told = {"error": {"code": status, "message": reason, "errors": [{"domain": "global", "reason": reason}]}}
    return web.json_response(told, status=status)
