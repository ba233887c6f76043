"""Says before anything starts which of our ports cannot be used, and which setting moves it."""

import asyncio
import errno
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

from cnt_grpc.refusal import Refusal

PATIENCE = 1.5  # seconds; a launcher that was killed a moment ago frees its ports in less

REASONS = {
    errno.EADDRINUSE: "is taken by another program: stop that, or set {setting} to a free port",
    errno.EACCES: "is not for ordinary users: set {setting} to one above 1023",
    errno.EADDRNOTAVAIL: "cannot be used, for {host} is not an address of this machine",
}


class PortError(Refusal):
    """Ports that we need cannot be used; the text has a line for each."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A port to listen on, and the setting that names it."""

    host: str
    port: int
    setting: str


async def claim(wanted: Sequence[Wanted]) -> None:
    """Return when all ports are free; PortError has a line for each that is not."""
    deadline = time.monotonic() + PATIENCE
    while troubles := [trouble for want in wanted if (trouble := look(want))]:
        if time.monotonic() > deadline:
            raise PortError("\n".join(troubles))
        await asyncio.sleep(0.1)


def look(want: Wanted) -> str:
    """Why we cannot listen there now, or nothing."""
    family, kind, protocol, _, address = socket.getaddrinfo(want.host, want.port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        # Connections of the last run that linger in TIME_WAIT do not count, listeners do.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen()
        except OSError as error:
            if error.errno not in REASONS:
                raise
            reason = REASONS[error.errno].format(setting=want.setting, host=want.host)
            return f"Port {want.port} ({want.setting}) {reason}."
    return ""
