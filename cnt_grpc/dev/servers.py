"""Server processes as children, each on ports of its own, and `cnt-grpc serve --workers N`, which keeps N of them."""

import asyncio
import os
import sys

from cnt_grpc.dev.console import Console
from cnt_grpc.dev.ports import Wanted, claim
from cnt_grpc.dev.probe import answers, near
from cnt_grpc.dev.program import Program
from cnt_grpc.dev.stopping import stop_signal, unless_stopped
from cnt_grpc.dev.supervisor import Supervisor
from cnt_grpc.settings import Settings

START_SECONDS = 60.0
STOP_SECONDS = 26.0  # streams get 10 s and calls 15 s to end; a whole stop has 30


async def serve_many(settings: Settings, workers: int) -> None:
    """Run `workers` server processes until SIGINT or SIGTERM; StartError when they do not come up."""
    console = Console()
    supervisor = Supervisor(console)
    stop = stop_signal(console)
    programs = [server(settings, number, console) for number in range(workers)]

    async def all_alive() -> bool:
        host = near(settings.cnt_grpc_host)
        ports = range(settings.cnt_side_port, settings.cnt_side_port + workers)
        return all(await asyncio.gather(*(answers(host, port, "/health") for port in ports)))

    async def start() -> None:
        await claim(server_ports(settings, workers))
        for program in programs:
            await supervisor.run(program)
        await supervisor.until(all_alive, START_SECONDS, "The servers do not answer")
        supervisor.settle()

    try:
        if await unless_stopped(stop, start()):
            await stop.wait()
    finally:
        await supervisor.stop([(programs, STOP_SECONDS)])


def server(settings: Settings, number: int, console: Console) -> Program:
    """The server process with this number, from 0."""
    ports = ["--grpc-port", str(settings.cnt_grpc_port + number), "--side-port", str(settings.cnt_side_port + number)]
    return ours(f"serve-{number + 1}", ["serve", *ports], settings, console)


def ours(name: str, words: list[str], settings: Settings, console: Console) -> Program:
    """One of our own commands as a child that sees the settings as we do, wherever they came from."""
    env = os.environ | {
        "CNT_STATE_DIR": str(settings.cnt_state_dir),
        "CNT_GRPC_HOST": settings.cnt_grpc_host,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "PYTHONUNBUFFERED": "1",
    }
    return Program(name, [sys.executable, "-m", "cnt_grpc", *words], console, env)


def server_ports(settings: Settings, workers: int) -> list[Wanted]:
    """Every port that `workers` server processes listen on."""
    host = settings.cnt_grpc_host
    return [
        *(Wanted(host, settings.cnt_grpc_port + number, "CNT_GRPC_PORT") for number in range(workers)),
        *(Wanted(host, settings.cnt_side_port + number, "CNT_SIDE_PORT") for number in range(workers)),
    ]
