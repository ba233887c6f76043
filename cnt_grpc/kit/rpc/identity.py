"""From an access token to the caller: verified tokens and the state of sessions, both remembered for a short while."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cnt_grpc.kit import clock, tasks
from cnt_grpc.kit.errors import Unauthenticated
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.common.v1.reason import Reason

STATE_SECONDS = 1.0
"""How long a ban, a logout or a lost role may go unnoticed by unary calls."""

TOKENS_KEPT = 20_000
"""About 10 MB; a signature costs 62 µs, a remembered token 0.6 (HS256)."""


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a verified access token says."""

    user_id: int
    session_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionState:
    """What the database says of a session and its person now."""

    user_id: int
    roles: frozenset[str]
    is_guest: bool
    banned: bool
    ended: bool
    fresh_until: datetime | None


class SessionSource(Protocol):
    """The port that the auth room fills."""

    def verify_token(self, token: str) -> TokenClaims:
        """Check signature, audience, issuer and times; raises Unauthenticated."""
        ...

    async def session_state(self, session_ids: Sequence[int]) -> Mapping[int, SessionState]:
        """The state of each session that exists, in one statement."""
        ...

    async def sessions_over(self, session_ids: Sequence[int]) -> Collection[int]:
        """Those of these sessions that are ended, banned or not there at all; one statement, however many they are."""
        ...


class Identity:
    """Who a token stands for, at the price of one statement a second a session."""

    def __init__(self, source: SessionSource) -> None:
        self._source = source
        self._claims: OrderedDict[str, TokenClaims] = OrderedDict()
        self._callers: OrderedDict[int, tuple[float, Caller | None]] = OrderedDict()
        self._asked: set[int] = set()
        self._answer: asyncio.Task[None] | None = None

    def remembered(self, authorization: str) -> Caller | None:
        """The caller behind an `authorization` header that was good a moment ago; None when `caller` must be asked."""
        claims = self._claims.get(authorization)
        if claims is None or claims.expires_at <= clock.now():
            return None
        known = self._callers.get(claims.session_id)
        if known is None or known[0] <= time.monotonic():
            return None
        caller = known[1]
        return caller if caller is not None and caller.user_id == claims.user_id else None

    async def caller(self, authorization: str) -> Caller:
        """The caller behind an `authorization` header.

        Raises Unauthenticated when it is of another scheme, its token is bad, or the session ended or was banned.
        """
        claims = self._verified(authorization)
        caller = await self._current(claims.session_id)
        if caller is None or caller.user_id != claims.user_id:
            raise Unauthenticated(Reason.NOT_SIGNED_IN)
        return caller

    def doubt(self, session_id: int) -> None:
        """Ask anew for this session at the next call, whatever is remembered of it."""
        known = self._callers.get(session_id)
        if known is not None:
            self._callers[session_id] = (0.0, known[1])

    async def over(self, session_ids: Sequence[int]) -> Collection[int]:
        """Those of these sessions that may not go on; for streams, which outlive the check at their start.

        Not their states: those of ten thousand sessions, as Python objects, stop the event loop for half a second.
        """
        return await self._source.sessions_over(session_ids)

    async def callers(self, session_ids: Sequence[int]) -> Mapping[int, Caller]:
        """Who stands behind those of these sessions that may go on, as it is now; for few, since it makes objects."""
        states = await self._source.session_state(session_ids)
        found = {session_id: _caller(session_id, state) for session_id, state in states.items()}
        return {session_id: caller for session_id, caller in found.items() if caller is not None}

    def _verified(self, authorization: str) -> TokenClaims:
        claims = self._claims.get(authorization)
        if claims is None:
            claims = self._source.verify_token(_bearer(authorization))
            self._claims[authorization] = claims
            if len(self._claims) > TOKENS_KEPT:
                self._claims.popitem(last=False)
        elif claims.expires_at <= clock.now():
            del self._claims[authorization]
            raise Unauthenticated(Reason.NOT_SIGNED_IN)
        return claims

    async def _current(self, session_id: int) -> Caller | None:
        known = self._callers.get(session_id)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        # Calls that ask at the same moment share one statement: a thousand sessions that expire together ask once.
        self._asked.add(session_id)
        if self._answer is None:
            self._answer = tasks.shared(self._ask())
        await asyncio.shield(self._answer)
        return self._callers[session_id][1]

    async def _ask(self) -> None:
        await asyncio.sleep(0)
        asked, self._asked, self._answer = self._asked, set(), None
        # The clock starts before the statement: what it read may be as old as its own duration.
        until = time.monotonic() + STATE_SECONDS
        states = await self._source.session_state(sorted(asked))
        for session_id in asked:
            state = states.get(session_id)
            self._callers[session_id] = (until, _caller(session_id, state) if state else None)
            self._callers.move_to_end(session_id)
        while len(self._callers) > TOKENS_KEPT:
            self._callers.popitem(last=False)


def _bearer(authorization: str) -> str:
    """The token of the header; raises Unauthenticated for another scheme."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(Reason.NOT_SIGNED_IN)
    return token.strip()


def _caller(session_id: int, state: SessionState) -> Caller | None:
    if state.ended or state.banned:
        return None
    return Caller(state.user_id, session_id, state.roles, state.is_guest, state.fresh_until)
