"""Slows guessing down: the more wrong tries, the longer until the next one counts.

What is slowed is signing in. A session that is live goes on whatever others try, so nobody can lock an owner out of it.
"""

import ipaddress
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from cnt_grpc.auth.queries import wrong_tries
from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Exhausted
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

LONGEST_DELAY = timedelta(minutes=15)
"""About a hundred guesses a day against one account."""

_KEY = "auth.wrong-tries"
_ROUTED_BITS = 64
"""Of an IPv6 address: a customer gets all addresses under them."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong tries are free, and how long after the first of them all of them are forgotten."""

    name: str
    free: int
    forgotten_after: timedelta


ACCOUNT = Limit("account", free=5, forgotten_after=timedelta(days=1))
ADDRESS = Limit("address", free=50, forgotten_after=timedelta(hours=1))
"""A church, a school or a telephone network stands behind one address."""
MAILS = Limit("mails", free=50, forgotten_after=timedelta(hours=1))
"""Mails that one network has sent, to whomever."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is tried: an account by what was typed, whether it exists or not, or whatever is behind an address."""

    limit: Limit
    key: bytes


def account(typed: str) -> Target:
    """By what was typed, not by the account: an email that slows a username would tell that they belong together."""
    return Target(ACCOUNT, _key(ACCOUNT, unicodedata.normalize("NFKC", typed).strip().casefold()))


def address(client: str) -> list[Target]:
    """By the client's network; none for a call over a Unix socket, which only we ourselves make."""
    return [Target(ADDRESS, _key(ADDRESS, _network(client)))] if client else []


def mails_for(client: str) -> list[Target]:
    """By the client's network, for mails that it makes us send."""
    return [Target(MAILS, _key(MAILS, _network(client)))] if client else []


def owner(user_id: int) -> Target:
    """By the account that is signed in: whoever holds a session must not guess its password for ever."""
    return Target(ACCOUNT, _key(ACCOUNT, f"owner {user_id}"))


async def count(tx: Tx, targets: Sequence[Target], reason: Reason = Reason.SIGN_IN_SLOWED_DOWN) -> None:
    """Count a try on each target before its outcome is known, so that parallel ones gain nothing.

    Accounts come before addresses in `targets`: two calls that lock the same rows lock them in the same order. Raises
    Exhausted, and the transaction must then be rolled back, while a delay lasts.
    """
    now = clock.now()
    for target in targets:
        if not await wrong_tries.count_try(
            tx,
            target.key,
            now=now,
            free=target.limit.free,
            longest_delay=LONGEST_DELAY,
            forget_before=now - target.limit.forgotten_after,
        ):
            until = await wrong_tries.retry_at(tx, target.key) or now
            wait = max(1.0, (until - now).total_seconds())
            raise Exhausted(reason, "too many tries", retry_after=wait)


async def forgive(tx: Tx, targets: Sequence[Target]) -> None:
    """The try was right: the account starts afresh, an address keeps what others did."""
    for target in targets:
        if target.limit is ACCOUNT:
            await wrong_tries.forget(tx, target.key)
        else:
            await wrong_tries.take_back(tx, target.key, clock.now())


def _network(client: str) -> str:
    parsed = ipaddress.ip_address(client)
    if parsed.version == 4:  # noqa: PLR2004
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _ROUTED_BITS), strict=False))


def _key(limit: Limit, what: str) -> bytes:
    return seal.sign(_KEY, f"{limit.name}:{what}".encode())
