"""The plug board: settings → kit → rooms → server or worker. The only place that knows all rooms.

    parties.py     the adapters that the settings choose
    system.py      the outside world, opened once a process
    plug.py        what a room plugs in
    <room>_plug.py what this room plugs in: its services, its jobs, what it offers to lower rooms
    rooms.py       all plugs, in the order of rooms
    processes.py   the server and the worker
    voice_agent.py the voice agent's process

A new room is a file beside these and a word in rooms.py; nothing else has to be touched.
"""

from cnt_grpc import auth, media
from cnt_grpc.app.processes import Server, configure, run_server, run_worker
from cnt_grpc.app.rooms import PERIODIC, SEARCHED, SERVICES, furnishers, handlers, holders, seeds, servicers
from cnt_grpc.app.system import System, opened
from cnt_grpc.app.voice_agent import run_voice_agent
from cnt_grpc.kit.rpc.policy import Method, methods_of
from cnt_grpc.settings import Settings

__all__ = [
    "PERIODIC",
    "SEARCHED",
    "SERVICES",
    "Server",
    "System",
    "handlers",
    "holders",
    "opened",
    "routes",
    "run_server",
    "run_voice_agent",
    "run_worker",
    "seed",
    "servicers",
]


async def seed(settings: Settings) -> None:
    """Put in what a new database needs; in the embedded default also people to sign in as."""
    configure(settings)
    async with opened(settings) as system:
        await media.seed(system.db, system.storage)
        async with system.db.transaction() as tx:
            for fill in seeds():
                await fill(tx)
            if settings.is_embedded:
                await auth.create_demo_people(tx)
        for furnish in furnishers():
            await furnish(system)


def routes() -> list[Method]:
    """Every method of every room, in the order of rooms."""
    return [method for service in SERVICES for method in methods_of(service)]
