"""The servicer behind tests/proto: each test names the behaviour that it wants to see the pipeline handle."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, Executable, MetaData, Table, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.kit.db import Tx, statement
from cnt_grpc.kit.errors import Precondition, Unauthenticated
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.rpc.identity import SessionState, TokenClaims
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from tests.pb.cnt.testing.v1 import probe_service
from tests.pb.cnt.testing.v1 import probe_service_pb2 as pb2
from tests.pb.cnt.testing.v1.reason import Reason

acts = Table(
    "probe_acts",
    MetaData(),
    Column("what", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)
CREATE = "CREATE TABLE probe_acts (what text PRIMARY KEY, count bigint NOT NULL CHECK (count >= 0))"


@statement
def done() -> Executable:
    """How often a thing was done."""
    return select(acts.c.count).where(acts.c.what == bindparam("what"))


@statement
def do() -> Executable:
    """Do it once more."""
    new = insert(acts).values(what=bindparam("what"), count=1)
    more = new.on_conflict_do_update(index_elements=["what"], set_={"count": acts.c.count + 1})
    return more.returning(acts.c.count)


@statement
def sleep() -> Executable:
    """Hold the connection for a while."""
    return select(text("pg_sleep(5)"))


Behaviour = Callable[[Call], Awaitable[None]]


@dataclass
class ProbeService(probe_service.Servicer):
    """Does what the test put into `behaviours` under the request's word, and counts."""

    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    runs: Counter[str] = field(default_factory=Counter)

    async def Ping(self, request: pb2.PingRequest, call: Call) -> pb2.PingResponse:
        return pb2.PingResponse()

    async def Act(self, request: pb2.ActRequest, call: Call) -> pb2.ActResponse:
        return pb2.ActResponse(count=await self._act(request.what, call, call.tx))

    async def ActOnce(self, request: pb2.ActOnceRequest, call: Call) -> pb2.ActOnceResponse:
        return pb2.ActOnceResponse(count=await self._act(request.what, call, call.tx))

    async def ActOutside(self, request: pb2.ActOutsideRequest, call: Call) -> pb2.ActOutsideResponse:
        async with call.db.transaction() as tx:
            reply = pb2.ActOutsideResponse(count=await tx.value(do(), what=request.what))
            if request.what == "answered":
                await call.answered(tx, reply)
        await self._behave(request.what, call)
        return reply

    async def Look(self, request: pb2.LookRequest, call: Call) -> pb2.LookResponse:
        self.runs[request.what] += 1
        await self._behave(request.what, call)
        return pb2.LookResponse(count=self.runs[request.what])

    async def Rule(self, request: pb2.RuleRequest, call: Call) -> pb2.RuleResponse:
        return pb2.RuleResponse()

    async def Watch(self, request: pb2.WatchRequest, call: Call) -> AsyncIterator[pb2.WatchResponse]:
        try:
            for number in range(1, request.messages + 1):
                yield pb2.WatchResponse(number=number)
                if request.HasField("pause"):
                    await asyncio.sleep(request.pause.ToTimedelta().total_seconds())
            await self._behave(request.what, call)
            if request.what == "until stopped":
                await call.stopping.wait()
                yield pb2.WatchResponse(number=request.messages + 1, last=True)
        finally:
            self.runs[f"closed {request.what}"] += 1

    async def Gather(self, requests: AsyncIterator[pb2.GatherRequest], call: Call) -> pb2.GatherResponse:
        return pb2.GatherResponse(sum=sum([request.weight async for request in requests]))

    async def Echo(self, requests: AsyncIterator[pb2.EchoRequest], call: Call) -> AsyncIterator[pb2.EchoResponse]:
        async for request in requests:
            yield pb2.EchoResponse(text=request.text)

    async def _act(self, what: str, call: Call, tx: Tx) -> int:
        self.runs[what] += 1
        count: int = await tx.value(do(), what=what)
        await self._behave(what, call)
        return count

    async def _behave(self, what: str, call: Call) -> None:
        if what in self.behaviours:
            await self.behaviours[what](call)


async def refuse(_: Call) -> None:
    """A business refusal: what the call wrote goes with it."""
    raise Precondition(Reason.PROBE_FAILED, detail="no")


async def refuse_and_keep(_: Call) -> None:
    """A refusal whose writes stay."""
    raise Precondition(Reason.PROBE_FAILED).keeping()


@dataclass
class Sessions:
    """A source of identity whose sessions a test ends as it likes: a token is the session's number."""

    states: dict[int, SessionState] = field(default_factory=dict)
    asked: int = 0

    def add(
        self, session_id: int, *roles: str, is_guest: bool = False, fresh_until: datetime | None = None
    ) -> tuple[tuple[str, str], ...]:
        """A person of the session's number; returns the headers that sign them in."""
        self.states[session_id] = SessionState(session_id, frozenset(roles), is_guest, False, False, fresh_until)
        return (("authorization", f"Bearer {session_id}"),)

    def verify_token(self, token: str) -> TokenClaims:
        """Numbers are good tokens."""
        if not token.isdigit():
            raise Unauthenticated(CommonReason.NOT_SIGNED_IN)
        return TokenClaims(int(token), int(token), datetime(2100, 1, 1, tzinfo=UTC))

    async def session_state(self, session_ids: object) -> dict[int, SessionState]:
        """Those that exist."""
        self.asked += 1
        return {each: self.states[each] for each in session_ids if each in self.states}  # type: ignore[attr-defined]

    async def sessions_over(self, session_ids: Sequence[int]) -> set[int]:
        """Those that do not exist, or were ended or banned."""
        self.asked += 1
        live = {each for each, state in self.states.items() if not (state.ended or state.banned)}
        return set(session_ids) - live
