"""The floor of uploads: a bare grpc.aio stream whose bytes are written to a new file, and synced when it ends.

`python -m bench.sink FOLDER` prints its port when it listens, and serves until it is killed.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import grpc
import uvloop

METHOD = "/bench.Sink/Put"


async def serve(folder: Path) -> None:
    """Serve on a free port until killed."""
    names = count()

    async def put(pieces: AsyncIterator[bytes], _: object) -> bytes:
        # In the loop and not in a thread: it is bare. And a new file each time, as every upload makes one: what is
        # written over another file gets that one's memory from the kernel, which a virtual machine has had before.
        with (folder / f"sunk{next(names)}").open("xb", buffering=0) as file:
            async for piece in pieces:
                file.write(piece)
            await asyncio.to_thread(os.fsync, file.fileno())
        return b""

    server = grpc.aio.server()
    _, service, name = METHOD.split("/")
    handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {name: grpc.stream_unary_rpc_method_handler(put)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1])))
