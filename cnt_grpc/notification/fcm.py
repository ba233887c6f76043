"""Push messages by Firebase Cloud Messaging, HTTP v1, with a service account's key.

https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send and .../ErrorCode;
https://developers.google.com/identity/protocols/oauth2/service-account#httprest
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cnt_grpc.kit import clock
from cnt_grpc.kit.outside import Party
from cnt_grpc.notification.http_client import Answer, HttpClient
from cnt_grpc.notification.push import Push, Pushed
from cnt_grpc.refusal import Refusal

TIMEOUT = 15.0
"""Seconds for one message."""
CONNECTIONS = 50
"""HTTP v1 takes one message a request, so a batch is many requests at once."""
_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_GRANT_LIFE = timedelta(hours=1)
"""The longest that Google allows."""
_EARLY = timedelta(minutes=5)
"""A token is replaced so long before its end: no message goes out with one that ends on the way."""
_OK, _BAD, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 200, 400, 401, 403, 404


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """What a credentials file says."""

    project: str
    email: str
    key: RSAPrivateKey = field(repr=False)
    key_id: str
    token_url: str

    @classmethod
    def read(cls, file: Path) -> Self:
        """From FCM_CREDENTIALS_FILE; raises Refusal."""
        try:
            found = json.loads(file.read_text())
            key = load_pem_private_key(found["private_key"].encode(), password=None)
            if not isinstance(key, RSAPrivateKey):
                raise TypeError("the key is no RSA key")
            return cls(
                project=found["project_id"],
                email=found["client_email"],
                key=key,
                key_id=found.get("private_key_id", ""),
                token_url=found.get("token_uri", "https://oauth2.googleapis.com/token"),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            # Not the error's words: they might quote the key.
            name = type(error).__name__
            raise Refusal(f"FCM_CREDENTIALS_FILE: {file} is no key of a service account ({name}).") from None


class Fcm:
    """A Firebase project."""

    def __init__(self, account: ServiceAccount, url: str) -> None:
        self._account = account
        self._url = f"{url}/v1/projects/{account.project}/messages:send"
        self._client = HttpClient(Party("fcm", TIMEOUT), connections=CONNECTIONS)
        self._token = ""
        self._token_ends = datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._asking = asyncio.Lock()

    async def send(self, push: Push) -> Pushed:
        token = await self._access_token()
        answer = await self._post(push, token)
        if answer.status == _UNAUTHORIZED:
            # Withdrawn before its time.
            answer = await self._post(push, await self._access_token(instead_of=token))
        if answer.status == _OK:
            return Pushed.SENT
        if _is_dead(answer):
            return Pushed.DEAD
        if answer.status == _BAD:
            return Pushed.REFUSED
        raise self._client.away(f"fcm answered {answer.status}")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()

    async def _post(self, push: Push, token: str) -> Answer:
        message = {
            "token": push.token,
            "notification": {"title": push.title, "body": push.message},
            "data": dict(push.data),
        }
        headers = {"Authorization": f"Bearer {token}"}
        return await self._client.post(self._url, headers=headers, json={"message": message})

    async def _access_token(self, instead_of: str = "") -> str:
        async with self._asking:  # one asks, the others wait for what it gets
            if self._token in ("", instead_of) or clock.now() >= self._token_ends - _EARLY:
                self._token, self._token_ends = await self._new_token()
            return self._token

    async def _new_token(self) -> tuple[str, datetime]:
        account, now = self._account, clock.now()
        claims = {"iss": account.email, "scope": _SCOPE, "aud": account.token_url, "iat": now, "exp": now + _GRANT_LIFE}
        grant = jwt.encode(claims, account.key, algorithm="RS256", headers={"kid": account.key_id})
        answer = await self._client.post(account.token_url, data={"grant_type": _GRANT, "assertion": grant})
        token, seconds = answer.body.get("access_token"), answer.body.get("expires_in")
        if answer.status != _OK or not isinstance(token, str) or not isinstance(seconds, int):
            raise self._client.away(f"Google gave no token: {answer.status}")
        return token, now + timedelta(seconds=seconds)


def _is_dead(answer: Answer) -> bool:
    """Whether the error is the token's: gone, another project's, or never one.

    A 400 is the token's when it has an error of FCM's own and names no field, or the token's: see the second example of
    https://firebase.google.com/docs/cloud-messaging/error-codes. What is wrong with a message has its field named, and
    one that is too long has no details at all.
    """
    error: Any = answer.body.get("error")
    details = error.get("details", ()) if isinstance(error, dict) else ()
    found = [each for each in details if isinstance(each, Mapping)]
    codes = {each.get("errorCode") for each in found}
    if answer.status == _NOT_FOUND:
        # A 404 without the code means that the project is wrong, and no token is to be dropped for that.
        return "UNREGISTERED" in codes
    if answer.status == _FORBIDDEN:
        return "SENDER_ID_MISMATCH" in codes
    violations = [one for each in found for one in each.get("fieldViolations", ()) if isinstance(one, Mapping)]
    wrong = {one.get("field") for one in violations}
    return answer.status == _BAD and (wrong == {"message.token"} or ("INVALID_ARGUMENT" in codes and not wrong))
