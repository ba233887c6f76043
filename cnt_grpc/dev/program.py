"""Children: programs that cannot outlive us, their lines behind their names, and the embedded Postgres as one more."""

import asyncio
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from cnt_grpc.dev.console import Console
from cnt_grpc.dev.postgres import Postgres
from cnt_grpc.dev.tether import tethered

CHUNK = 65_536


class Program:
    """A command that runs until it is stopped, or once to its end."""

    def __init__(
        self, name: str, command: Sequence[str], console: Console, env: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._command = command
        self._console = console
        self._env = env
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it; OSError when there is no such program."""
        self._process = await asyncio.create_subprocess_exec(
            *tethered(self._command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self._env,
            start_new_session=True,  # the terminal's Ctrl-C is for the launcher, which stops all in order
        )
        assert self._process.stdout is not None
        self._writer = asyncio.create_task(self._write(self._process.stdout))

    async def wait(self) -> int:
        """Its exit code, once it has ended and its last line is written."""
        assert self._process is not None, "start() comes first"
        code = await self._process.wait()
        if self._writer is not None:
            # A grandchild may hold the pipe open: its lines are not waited for.
            await asyncio.wait([self._writer], timeout=1)
        return code

    async def stop(self, seconds: float) -> None:
        """Ask it to end, and kill it when it takes more than `seconds`."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.wait(), seconds)
        except TimeoutError:
            self._console.say(f"{self.name} did not end within {seconds:.0f} s and was killed")
            self._process.kill()
            await self.wait()

    async def _write(self, stream: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await stream.read(CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._console.line(self.name, line.decode(errors="replace"))
        if rest:
            self._console.line(self.name, rest.decode(errors="replace"))


class EmbeddedPostgres:
    """The embedded database as one more child."""

    name = "postgres"

    def __init__(self, data_dir: Path) -> None:
        self.server = Postgres(data_dir)

    async def start(self) -> None:
        """Start it and wait until it takes connections; PostgresError in words when it does not."""
        await self.server.__aenter__()

    async def wait(self) -> int:
        """Its exit code, once it has ended."""
        assert self.server.process is not None, "start() comes first"
        return await asyncio.to_thread(self.server.process.wait)

    async def stop(self, seconds: float) -> None:
        """End it after writing everything."""
        await asyncio.to_thread(self.server.stop, seconds)
