"""What a handler knows about the call that it serves: who calls, in which transaction, and until when."""

import asyncio
import ipaddress
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import structlog
from google.protobuf.message import Message
from structlog.typing import FilteringBoundLogger

if TYPE_CHECKING:
    from cnt_grpc.kit.db import Database, Tx

_log: FilteringBoundLogger = structlog.get_logger("cnt.call")

M = TypeVar("M", bound=Message)
Settle = Callable[["Tx", bytes], Awaitable[None]]
"""Keeps an answer in a transaction."""

Headers = Sequence[tuple[str, str | bytes]]
"""Metadata as gRPC hands it over: names in lower case, each as often as it was sent."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the session behind the token says; never as the request says."""

    user_id: int = 0
    """0 for a caller without a token."""
    session_id: int = 0
    roles: frozenset[str] = frozenset()
    is_guest: bool = False
    fresh_until: datetime | None = None
    """Until when the last confirmation of identity counts."""

    @property
    def is_anonymous(self) -> bool:
        """No token came with the call."""
        return self.user_id == 0

    @property
    def is_creator(self) -> bool:
        """An approved creator."""
        return "creator" in self.roles

    @property
    def is_moderator(self) -> bool:
        """May moderate; an administrator may too."""
        return "moderator" in self.roles or "admin" in self.roles

    @property
    def is_admin(self) -> bool:
        """May administer."""
        return "admin" in self.roles


ANONYMOUS = Caller()


class Call:
    """One call on its way through a handler; made by the pipeline alone.

    What few handlers ask for (headers, address, log) is computed when it is asked for: a call costs what it uses.
    """

    __slots__ = (
        "_metadata",
        "_peer",
        "_reading",
        "_request_id",
        "_settle",
        "_trusted_hops",
        "_tx",
        "caller",
        "db",
        "deadline",
        "headers",
        "is_settled",
        "method",
        "stopping",
    )

    def __init__(  # noqa: PLR0917  (the pipeline makes one at each call, and names cost a dictionary each time)
        self,
        method: str,
        caller: Caller,
        db: "Database",
        headers: Headers,
        peer: Callable[[], str],
        trusted_hops: int,
        deadline: float,
        stopping: asyncio.Event,
    ) -> None:
        self.method = method
        """The full name, such as `cnt.auth.v1.AuthService/Login`."""
        self.caller = caller
        self.db = db
        """For streams and methods with TRANSACTION_NONE, which open short transactions themselves."""
        self.deadline = deadline
        """When the call ends, in seconds of the event loop's clock."""
        self.stopping = stopping
        """Set when the server stops: a stream ends itself with a resume point."""
        self.headers = headers
        self._peer = peer
        self._trusted_hops = trusted_hops
        self._tx: Tx | None = None
        self._reading = False
        self._metadata: dict[str, str] | None = None
        self._request_id = ""
        self._settle: Settle | None = None
        self.is_settled = False
        """Whether its answer is kept already under its request id."""

    @property
    def tx(self) -> "Tx":
        """The call's one transaction or read-only connection; opened by its first statement, closed by the pipeline."""
        if self._tx is None:
            if self._reading:
                self._tx = self.db.reading()
                return self._tx
            message = f"{self.method} holds no transaction: open short ones with call.db"
            raise RuntimeError(message)
        return self._tx

    def use(self, tx: "Tx") -> None:
        """Give the call its transaction; for the pipeline, at each run of the handler."""
        self._tx = tx

    def read(self) -> None:
        """Give the call single statements that only read, once it asks for them; for the pipeline, at each run."""
        self._tx = None
        self._reading = True

    def settle_by(self, settle: "Settle") -> None:
        """Give the call a way to keep its answer; for the pipeline, where it has a request id and no transaction."""
        self._settle = settle

    async def answered(self, tx: "Tx", reply: M) -> M:
        """Keep the answer with the transaction that has the effect, in a method with TRANSACTION_NONE; returns it.

        Otherwise it is kept right after that, and a crash between the two would let a second try act again.
        """
        if self._settle is not None:
            await self._settle(tx, reply.SerializeToString())
            tx.after_commit(self._settled)
        return reply

    def _settled(self) -> None:
        self.is_settled = True

    def forget_token(self) -> None:
        """Let go of the token: a stream that is open for an hour has no more use for it, and ten thousand are long."""
        self.headers = tuple(pair for pair in self.headers if pair[0] != "authorization")
        self._metadata = None

    @property
    def metadata(self) -> Mapping[str, str]:
        """The call's headers; names in lower case, of a repeated one the last."""
        if self._metadata is None:
            self._metadata = {name: value for name, value in self.headers if isinstance(value, str)}
        return self._metadata

    @property
    def request_id(self) -> str:
        """The id under which logs and error reports know this call: the edge's, or one of our own."""
        if not self._request_id:
            given = self.metadata.get("x-request-id", "")
            # A direct client may send anything: only what is surely a harmless id goes into logs and answers.
            self._request_id = given if _is_harmless_id(given) else str(uuid.uuid4())
        return self._request_id

    @property
    def address(self) -> str:
        """The client's address as the edge saw it, or the peer's own for a direct call; "" on a Unix socket.

        Envoy appends the address that it saw, so with no proxy in front of it the last one counts, and with
        TRUSTED_HOPS proxies as many before it. What stands further left was written by the client.
        """
        forwarded = [part.strip() for part in self.metadata.get("x-forwarded-for", "").split(",") if part.strip()]
        if forwarded:
            return _address(forwarded[max(0, len(forwarded) - 1 - self._trusted_hops)])
        return _address(self._peer().removeprefix("ipv4:").removeprefix("ipv6:").rpartition(":")[0].strip("[]"))

    @property
    def log(self) -> FilteringBoundLogger:
        """A log that knows which call writes."""
        return _log.bind(method=self.method, request_id=self.request_id, user_id=self.caller.user_id)


_LONGEST_ID = 64


def _is_harmless_id(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_ID and text.isascii() and text.replace("-", "").isalnum()


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.replace("%5B", "").replace("%5D", "")))
    except ValueError:
        return ""
