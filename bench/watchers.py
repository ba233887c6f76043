"""People who watch their inboxes: many open streams on few connections, and when each of them heard of something."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from bench.cases import Case, Way, framed
from bench.load import readable
from bench.server import HOST
from bench.system import Database
from bench.wire import Answer, Connection
from cnt_grpc.pb.cnt.notification.v1.notification_service_pb2 import WatchNotificationsRequest

STREAMS_A_CONNECTION = 500

WATCH = Case("streams", "Open streams", "cnt.notification.v1.NotificationService/WatchNotifications", b"", "", 0.0)

_BODY = framed(WatchNotificationsRequest().SerializeToString())

_BEAT = 40
"""Bytes above which a message is a notification, and no heartbeat."""

_SECONDS = 60.0
"""How long we wait for what should take less than ten."""


class Watchers:
    """Open streams of these people, all past their replay."""

    def __init__(self, found: Database, port: int, people: Sequence[int]) -> None:
        self.connections: list[Connection] = []
        self.heard: dict[int, float] = {}
        """When each person (by user id) got the last notification, in seconds of the monotonic clock."""
        self._person: dict[Answer, int] = {}
        self._began: set[Answer] = set()
        for at, number in enumerate(people):
            if at % STREAMS_A_CONNECTION == 0:
                self.connections.append(Connection(HOST, port, WATCH.headers(Way.DIRECT, ""), on_data=self._on_data))
            connection = self.connections[-1]
            self._person[connection.ask(_BODY, signed_in(found, number))] = found.people[number].user_id
            connection.flush()
            # A few at a time, as people come: the server is to be measured at rest and not in a rush.
            if len(self._person) - len(self._began) >= STREAMS_A_CONNECTION:
                self.listen_until(lambda: len(self._began) == len(self._person))
        self.listen_until(lambda: len(self._began) == len(self._person))

    def listen_until(self, holds: Callable[[], bool]) -> None:
        """Read what comes until it is so; TimeoutError when that takes a minute."""
        end = time.monotonic() + _SECONDS
        while not holds():
            for connection in readable(self.connections, 1.0):
                if ended := connection.receive():
                    raise RuntimeError(f"{len(ended)} streams ended by themselves: {ended[0].last_headers!r}")
                connection.flush()
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self._began)} of {len(self._person)} streams began, {len(self.heard)} heard")

    def waited(self, since: Mapping[int, float]) -> list[float]:
        """For each person, how long after that moment they heard of it."""
        return [self.heard[person] - moment for person, moment in since.items()]

    def _on_data(self, answer: Answer, size: int) -> None:
        if size > _BEAT:
            self.heard[self._person[answer]] = time.monotonic()
        # The first heartbeat says that the replay is over.
        self._began.add(answer)


@contextmanager
def watching(found: Database, port: int, people: Sequence[int]) -> Iterator[Watchers]:
    """Open streams of these people (by their number) until the block ends."""
    watchers = Watchers(found, port, people)
    try:
        yield watchers
    finally:
        for connection in watchers.connections:
            connection.close()


@contextmanager
def not_reading(found: Database, port: int, people: Sequence[int]) -> Iterator[None]:
    """Open streams of these people, each on a connection of its own with the usual window, and never read from them."""
    connections = [Connection(HOST, port, WATCH.headers(Way.DIRECT, ""), window=65_535) for _ in people]
    try:
        for connection, number in zip(connections, people, strict=True):
            connection.ask(_BODY, signed_in(found, number))
            connection.flush()
        yield
    finally:
        for connection in connections:
            connection.close()


def signed_in(found: Database, number: int) -> Sequence[tuple[str, str]]:
    """The headers of one person."""
    return (("authorization", f"Bearer {found.token(number)}"),)
