"""What the pipeline asks of the auth room: whether a token is ours, and whether its session still stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnt_grpc.auth import tokens
from cnt_grpc.auth.queries.sessions import session_states, sessions_over
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.rpc.identity import SessionSource, SessionState, TokenClaims


@dataclass(frozen=True, slots=True)
class Sessions(SessionSource):
    """The kit's port, filled from the database."""

    db: Database

    def verify_token(self, token: str) -> TokenClaims:
        """What the token says; raises Unauthenticated."""
        return tokens.verify(token)

    async def session_state(self, session_ids: Sequence[int]) -> Mapping[int, SessionState]:
        """The state of those of these sessions that exist; one statement."""
        async with self.db.reading() as tx:
            rows = await session_states(tx, session_ids)
        now = clock.now()
        return {
            row["id"]: SessionState(
                user_id=row["user_id"],
                roles=frozenset(row["roles"]),
                is_guest=row["is_guest"],
                banned=row["banned_at"] is not None,
                ended=row["erased_at"] is not None or (row["ended_at"] is not None and row["ended_at"] <= now),
                fresh_until=row["fresh_until"],
            )
            for row in rows
        }

    async def sessions_over(self, session_ids: Sequence[int]) -> set[int]:
        """Those of these sessions that may not go on; one statement, whose answer is nearly always empty."""
        async with self.db.reading() as tx:
            return await sessions_over(tx, session_ids, clock.now())
