"""Gifts a second beside pgbench's TPC-B-like script on the same Postgres: `python -m bench.gifts [--seconds N]`.

They run in turns with as many clients, and medians are compared: the statement of a gift alone, and the whole call.
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from random import Random

import asyncpg
import grpc

from bench.data import RICH
from bench.server import HOST
from bench.system import Database, database
from cnt_grpc.kit import clock
from cnt_grpc.payment.queries.gifts import give
from cnt_grpc.pb.cnt.payment.v1.gift_pb2 import SendGiftRequest
from cnt_grpc.pb.cnt.payment.v1.wallet_service_pb2_grpc import WalletServiceStub

CLIENTS = 8
PROCESSES = 2
SCALE = 10
"""Of pgbench's tables."""
ROUNDS = 3
STATEMENT, CALL = 0.40, 0.15
"""The least parts of TPC-B's rate that we accept."""


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
    _measure(options.seconds)
    return 0


def _measure(seconds: int) -> None:
    with database(podcasts=100) as found:
        asyncio.run(_prepare(found.dsn))
        tpcb = found.dsn.replace("/bench?", "/tpcb?")
        subprocess.run(["pgbench", "-i", "-q", "-s", str(SCALE), tpcb], check=True, capture_output=True)
        server = subprocess.Popen(
            [sys.executable, "-m", "bench.server", found.dsn, str(found.folder)], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        port = int(server.stdout.readline().split()[0])
        rates: dict[str, list[float]] = {"TPC-B": [], "the statement alone": [], "SendGift": []}
        for _ in range(ROUNDS):
            rates["TPC-B"].append(_tpcb(tpcb, seconds))
            rates["the statement alone"].append(_parts(found, seconds))
            rates["SendGift"].append(asyncio.run(_calls(found, port, seconds)))
        server.kill()
        server.wait()
        server.stdout.close()
    floor = statistics.median(rates["TPC-B"])
    for name, least in (("TPC-B", 1.0), ("the statement alone", STATEMENT), ("SendGift", CALL)):
        rate = statistics.median(rates[name])
        print(f"{name:20} {rate:8.0f}/s   {rate / floor:.2f} of TPC-B (at least {least:.2f})")


async def _prepare(dsn: str) -> None:
    """A gift, and a database for pgbench; the first people have coins."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("INSERT INTO gifts (name, icon, price_coins, position) VALUES ('Rose', 'rose', 10, 1)")
    await connection.execute("CREATE DATABASE tpcb")
    await connection.close()


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


async def _calls(found: Database, port: int, seconds: int) -> float:
    """Gifts a second through the call, to one server process."""
    random, until = Random(1), time.monotonic() + seconds
    people = [person.user_id for person in found.people[:RICH]]
    async with grpc.aio.insecure_channel(f"{HOST}:{port}") as channel:
        stub = WalletServiceStub(channel)

        async def client(number: int) -> int:
            done = 0
            header = (("authorization", f"Bearer {found.token(number)}"),)
            while time.monotonic() < until:
                other = random.choice(people[CLIENTS:])
                request = SendGiftRequest(gift_id=1, recipient_id=other, request_id=str(uuid.uuid4()))
                await stub.SendGift(request, metadata=header)
                done += 1
            return done

        return sum(await asyncio.gather(*(client(number) for number in range(CLIENTS)))) / seconds


if __name__ == "__main__":
    raise SystemExit(main())
