"""People who register and sign in: each account once, and nothing secret of it anywhere but in its place."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import grpc

from tests.harness.api import ApiError

if TYPE_CHECKING:
    from tests.faults.clients import Client
    from tests.faults.whole import Whole


class Accounts:
    """New people, by the front door."""

    share = 0.2

    def __init__(self) -> None:
        self._emails: set[str] = set()
        self.acknowledged = 0

    async def prepare(self, whole: Whole) -> None:
        """Nothing is needed."""

    async def step(self, client: Client) -> None:
        """Register and sign in; passwords and tokens are canaries."""
        email = f"canary.{client.random.getrandbits(64):x}@example.org"
        password = client.whole.secret()
        try:
            made = await client.write("auth", "Register", email=email, password=password, name="Ann Example")
            self._emails.add(email)
            self.acknowledged += 1
            signed_in = await client.ask("auth", "Login", username_or_email=email, password=password)
        except ApiError as error:
            # Checking passwords is dear, so that each process does few at a time and each network has a limit.
            if error.code is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise
            return
        for answer in (made, signed_in):
            for token in (answer.access_token, answer.refresh_token):
                if token:
                    client.whole.plant(token)

    async def check(self, whole: Whole) -> None:
        """One account each."""
        async with whole.system.db.transaction() as tx:
            rows = await tx.raw("SELECT email, count(*) FROM users WHERE email LIKE 'canary.%' GROUP BY email")
        there = Counter({row["email"]: row["count"] for row in rows})
        wrong = [email for email in self._emails if there[email] != 1]
        assert not wrong, f"{len(wrong)} of {len(self._emails)} accounts are not there once: {wrong[:5]}"
        assert all(count == 1 for count in there.values()), "an account is there twice"
