"""Gifts a second beside pgbench's TPC-B-like script on the same Postgres; `python -m bench.gifts` measures them alone.

They run in turns with as many clients, and medians are compared: the statement of a gift alone, and the whole call.
"""

import argparse
import asyncio
import re
import shutil
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from itertools import cycle
from random import Random

import asyncpg

from bench import report, wire
from bench.cases import FRAME, Case, Way, framed
from bench.data import RICH
from bench.load import Target, closed_loop
from bench.report import Promise
from bench.server import HOST
from bench.system import Database, Servers, bench, database
from cnt_grpc.kit import clock
from cnt_grpc.payment.queries.gifts import give
from cnt_grpc.pb.cnt.payment.v1.gift_pb2 import SendGiftRequest

CLIENTS = 8
PROCESSES = 2
"""Of servers, of pgbench's threads, and of those who run the statement alone."""
SCALE = 10
"""Of pgbench's tables."""
ROUNDS = 3
STATEMENT, CALL = 0.40, 0.15
"""The least parts of TPC-B's rate that we accept."""
_SEND = Case("gifts", "SendGift", "cnt.payment.v1.WalletService/SendGift", b"", "", CALL, signed_in=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.gifts", description="Gifts beside pgbench's TPC-B.")
    parser.add_argument("--seconds", type=int, default=5, help="of each turn (5)")
    parser.add_argument("--part", nargs=3, metavar=("DSN", "FIRST", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.part:
        dsn, first, seed = options.part
        print(asyncio.run(_statements(dsn, options.seconds, int(first), int(seed))))
        return 0
    with database(podcasts=100) as found:
        for promise in measure(found, seconds=options.seconds, rounds=ROUNDS):
            print(report.sentence(promise))
    return 0


def measure(found: Database, *, seconds: int, rounds: int) -> Iterator[Promise]:
    """Give in turns with pgbench; `seconds` are those of a turn."""
    if shutil.which("pgbench") is None:
        yield Promise("gifts, against pgbench's TPC-B", "not measured: there is no pgbench here", "", holds=False)
        return
    gift_id = asyncio.run(_prepare(found.dsn))
    tpcb = found.dsn.replace("/bench?", "/tpcb?")
    subprocess.run(["pgbench", "-i", "-q", "-s", str(SCALE), tpcb], check=True, capture_output=True)
    floors, statements, calls = list[float](), list[float](), list[float]()
    with bench(found, processes=PROCESSES) as here, here.ours() as servers:
        for _ in range(rounds):
            floors.append(_tpcb(tpcb, seconds))
            statements.append(_parts(found, seconds))
            calls.append(_calls(found, servers, seconds, gift_id))
    floor = statistics.median(floors)
    for what, rates, least in (
        ("gifts by the statement alone", statements, STATEMENT),
        ("gifts by the call", calls, CALL),
    ):
        rate = statistics.median(rates)
        yield Promise(
            f"{what}, against pgbench's TPC-B with as many clients ({floor:,.0f}/s)",
            f"{rate:,.0f}/s: {rate / floor:.2f}",
            f"at least {least:.2f}",
            rate / floor >= least,
        )


async def _prepare(dsn: str) -> int:
    """A gift, and a database for pgbench; the first people have coins. The gift's id."""
    connection = await asyncpg.connect(dsn)
    made = "INSERT INTO gifts (name, icon, price_coins, position) VALUES ('Rose', 'rose', 10, 1) RETURNING id"
    gift_id = int(await connection.fetchval(made))
    await connection.execute("CREATE DATABASE tpcb")
    await connection.close()
    return gift_id


def _tpcb(dsn: str, seconds: int) -> float:
    command = ["pgbench", "-M", "simple", "-n", "-c", str(CLIENTS), "-j", str(PROCESSES), "-T", str(seconds), dsn]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def _parts(found: Database, seconds: int) -> float:
    """Gifts a second that several processes write together."""
    first = str(found.people[0].user_id)
    command = [sys.executable, "-m", "bench.gifts", "--seconds", str(seconds), "--part", found.dsn, first]
    running = [subprocess.Popen([*command, str(n)], stdout=subprocess.PIPE, text=True) for n in range(PROCESSES)]
    return sum(int(process.communicate()[0]) for process in running) / seconds


async def _statements(dsn: str, seconds: int, first: int, seed: int) -> int:
    """How many gifts this process writes with its share of the clients, each in one round trip."""
    random, until = Random(seed), time.monotonic() + seconds
    statement = give()

    async def client() -> int:
        connection = await asyncpg.connect(dsn, server_settings={"jit": "off"})
        prepared, done = await connection.prepare(statement.sql), 0
        gift_id = await connection.fetchval("SELECT max(id) FROM gifts")
        while time.monotonic() < until:
            sender, recipient = random.sample(range(first, first + RICH), 2)
            values = {
                "sender_id": sender,
                "recipient_id": recipient,
                "gift_id": gift_id,
                "quantity": 1,
                "message": "",
                "stream_id": None,
                "now": clock.now(),
            }
            done += await prepared.fetchrow(*statement.arguments(values)) is not None
        await connection.close()
        return done

    return sum(await asyncio.gather(*(client() for _ in range(CLIENTS // PROCESSES))))


def _calls(found: Database, servers: Servers, seconds: int, gift_id: int) -> float:
    """Gifts a second through the call: each client waits for its answer, and then gives again."""
    people = [person.user_id for person in found.people[:RICH]]
    opened = [
        wire.Connection(HOST, port, _SEND.headers(Way.DIRECT, found.token(number)))
        for number, port in zip(range(CLIENTS), cycle(servers.ports), strict=False)
    ]
    target = Target(opened, map(framed, _wishes(people[CLIENTS:], gift_id)), FRAME + 1, servers.cpu)
    try:
        return closed_loop(target, in_flight=CLIENTS, seconds=seconds, warm_up=1.0).rate
    finally:
        target.close()


def _wishes(recipients: Sequence[int], gift_id: int) -> Iterator[bytes]:
    random = Random(1)
    while True:
        wish = SendGiftRequest(gift_id=gift_id, recipient_id=random.choice(recipients), request_id=str(uuid.uuid4()))
        yield wish.SerializeToString()


if __name__ == "__main__":
    raise SystemExit(main())
