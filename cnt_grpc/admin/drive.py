"""Google Drive as the party whose files administrators bring to us: consent, tokens, lists and bytes."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from cnt_grpc.admin.drive_http import DriveHttp
from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Invalid, Precondition, Unavailable
from cnt_grpc.pb.cnt.admin.v1.reason import Reason
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason

SCOPE: Final = "https://www.googleapis.com/auth/drive.readonly"
"""All that we ask for: to read."""
FOLDER: Final = "application/vnd.google-apps.folder"
_FIELDS: Final = "id,name,mimeType,size,modifiedTime,sha256Checksum,md5Checksum,trashed,capabilities(canDownload)"
_OK: Final = 200
_GONE: Final = 400
"""What Google says of a token that it does not know any more."""
_CAUTION: Final = timedelta(minutes=1)
"""A token that ends so soon is taken as ended."""
_SHA256: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Google gave us for one account."""

    access: str
    refresh: str
    ends_at: datetime

    @property
    def is_fresh(self) -> bool:
        """Whether the access token may still be used."""
        return clock.now() < self.ends_at - _CAUTION


@dataclass(frozen=True, slots=True)
class DriveFile:
    """A file or folder there."""

    file_id: str
    name: str
    content_type: str
    size: int = 0
    """Bytes; 0 for what has none of its own."""
    revision: str = ""
    """What changes with its bytes: a checksum of them."""
    sha256: bytes = b""
    """Empty where Drive does not know it."""
    modified_at: datetime | None = None
    may_download: bool = True

    @property
    def is_folder(self) -> bool:
        """Whether it holds other files."""
        return self.content_type == FOLDER


class Drive(Protocol):
    """What the admin room asks of Google Drive. Whatever asks for files raises TokenEndedError and Unavailable too."""

    @property
    def client_id(self) -> str:
        """Ours at Google; raises Precondition when there is none."""
        ...

    def consent_page(self, *, redirect_uri: str, state: str, challenge: str) -> str:
        """Where somebody agrees; raises Precondition when we have no client."""
        ...

    async def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> Tokens:
        """The tokens for the code with which Google sent somebody back; raises Invalid."""
        ...

    async def renew(self, tokens: Tokens) -> Tokens:
        """New ones; raises Precondition when the person has taken their consent back."""
        ...

    async def revoke(self, refresh: str) -> None:
        """Give a consent back, with all that this account has given us; one that is gone is no error."""
        ...

    async def email(self, access: str) -> str:
        """Whose Drive it is."""
        ...

    async def files(
        self, access: str, *, folder: str, words: str, limit: int, after: str
    ) -> tuple[Sequence[DriveFile], str]:
        """A page of files, and Drive's token of the next one; raises NotFound for an unknown folder."""
        ...

    async def file(self, access: str, file_id: str) -> DriveFile:
        """One file; raises NotFound."""
        ...

    def bytes_of(self, access: str, file_id: str, offset: int) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Its bytes from an offset on; what cuts them off is an OSError or a TimeoutError."""
        ...


@dataclass
class DriveApi(Drive):
    """Google Drive's API, version 3. Its addresses come from settings alone, and ids are part of a path at most."""

    own_id: str
    secret: str
    accounts_url: str
    oauth_url: str
    api_url: str
    http: DriveHttp = field(default_factory=DriveHttp)

    @property
    def client_id(self) -> str:
        for name, value in (("GOOGLE_CLIENT_ID", self.own_id), ("GOOGLE_CLIENT_SECRET", self.secret)):
            if not value:
                raise Precondition(Reason.DRIVE_NOT_CONFIGURED, f"{name} is not set", setting=name)
        return self.own_id

    def consent_page(self, *, redirect_uri: str, state: str, challenge: str) -> str:
        query = {
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": SCOPE,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            # Without both, Google gives a token that works an hour and no other.
            "access_type": "offline",
            "prompt": "consent",
        }
        return f"{self.accounts_url}/o/oauth2/v2/auth?{urlencode(query)}"

    async def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        status, answer = await self._token(form)
        # Somebody who takes the scope out of the page consents to nothing that we could use.
        if status != _OK or not answer.get("refresh_token") or SCOPE not in str(answer.get("scope", "")).split():
            raise Invalid(Reason.DRIVE_SIGN_IN_INVALID)
        return _tokens(answer, "")

    async def renew(self, tokens: Tokens) -> Tokens:
        status, answer = await self._token({"grant_type": "refresh_token", "refresh_token": tokens.refresh})
        if status != _OK:
            raise Precondition(Reason.DRIVE_NOT_CONNECTED, "Google Drive asks for your consent again")
        return _tokens(answer, tokens.refresh)

    async def revoke(self, refresh: str) -> None:
        status, _ = await self.http.ask("POST", f"{self.oauth_url}/revoke", data={"token": refresh})
        if status not in {_OK, _GONE}:
            raise Unavailable(CommonReason.PARTY_UNAVAILABLE, f"Google answered {status}", party="google drive")

    async def email(self, access: str) -> str:
        found = await self.http.told(f"{self.api_url}/drive/v3/about", access, fields="user(emailAddress)")
        user = found.get("user")
        return str(user.get("emailAddress", "")) if isinstance(user, dict) else ""

    async def files(
        self, access: str, *, folder: str, words: str, limit: int, after: str
    ) -> tuple[Sequence[DriveFile], str]:
        wanted = ["trashed = false"]
        wanted += [f"'{_quoted(folder)}' in parents"] if folder else []
        wanted += [f"name contains '{_quoted(words)}'"] if words else []
        query = {
            "q": " and ".join(wanted),
            "pageSize": str(limit),
            "orderBy": "folder,name_natural",
            "fields": f"nextPageToken,files({_FIELDS})",
            "supportsAllDrives": "true",
            "includeItemsFromAllDrives": "true",
        }
        query |= {"pageToken": after} if after else {}
        found = await self.http.told(f"{self.api_url}/drive/v3/files", access, **query)
        return [_file(each) for each in found.get("files", ())], str(found.get("nextPageToken", ""))

    async def file(self, access: str, file_id: str) -> DriveFile:
        query = {"fields": _FIELDS, "supportsAllDrives": "true"}
        return _file(await self.http.told(f"{self.api_url}/drive/v3/files/{file_id}", access, **query))

    def bytes_of(self, access: str, file_id: str, offset: int) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        url = f"{self.api_url}/drive/v3/files/{file_id}"
        return self.http.bytes_of(url, access, offset, alt="media", supportsAllDrives="true")

    async def close(self) -> None:
        """Let go of the connections."""
        await self.http.close()

    async def _token(self, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        ours = {"client_id": self.client_id, "client_secret": self.secret}
        return await self.http.ask("POST", f"{self.oauth_url}/token", data={**form, **ours})


def _tokens(answer: Mapping[str, Any], refresh: str) -> Tokens:
    try:
        life = timedelta(seconds=int(answer.get("expires_in", 0)))
    except (TypeError, ValueError, OverflowError):
        life = timedelta()
    return Tokens(
        str(answer.get("access_token", "")), str(answer.get("refresh_token", "") or refresh), clock.now() + life
    )


def _file(told: Mapping[str, Any]) -> DriveFile:
    size, sha256 = str(told.get("size", "")), str(told.get("sha256Checksum", ""))
    may = told.get("capabilities")
    try:
        modified_at = datetime.fromisoformat(str(told.get("modifiedTime", ""))).astimezone(UTC)
    except ValueError:
        modified_at = None
    return DriveFile(
        file_id=str(told.get("id", "")),
        name=str(told.get("name", "")),
        content_type=str(told.get("mimeType", "")),
        size=int(size) if size.isdecimal() else 0,
        revision=f"{sha256 or told.get('md5Checksum', '')}:{size}",
        sha256=bytes.fromhex(sha256) if _SHA256.fullmatch(sha256) else b"",
        modified_at=modified_at,
        may_download=not told.get("trashed") and not (isinstance(may, dict) and may.get("canDownload") is False),
    )


def _quoted(text: str) -> str:
    """As a text within a query of Drive's."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
