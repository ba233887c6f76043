"""The Envoy before servers that are measured: as production has it, but for its limit on addresses."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from google.protobuf import descriptor, descriptor_pb2

from bench import wire
from bench.processes import Process, free_port, running
from bench.server import HOST
from cnt_grpc.dev import envoy
from cnt_grpc.edge import Address, EdgeConfig, render
from tests.pb.cnt.testing.v1 import probe_service_pb2

START_SECONDS = 10.0


@contextmanager
def serving(
    file: Path, descriptors: Path, cores: Iterable[int], grpc_ports: Sequence[int], side_port: int
) -> Iterator[int]:
    """An Envoy before these servers, configured by `file`; yields its port once a call gets through."""
    port = free_port()
    config = EdgeConfig(
        image=descriptors,
        grpc=tuple(Address(HOST, each) for each in grpc_ports),
        side=(Address(HOST, side_port),),
        listen=Address(HOST, port),
        admin=file.with_suffix(".admin"),
        access_log=str(file.with_suffix(".log")),
        # All of the load comes from one address.
        address_rate=None,
    )
    file.write_text(render(config))
    process = Process(envoy.command(file), cores)
    with running(process):
        _wait_for(port)
        yield port


def _wait_for(port: int) -> None:
    """Return when Envoy finds a server well and passes a call on to it."""
    kind = (("content-type", "application/grpc"), ("te", "trailers"))
    asked = wire.headers("POST", "http", HOST, "/grpc.health.v1.Health/Check", kind)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            # An empty message, and an answer that says SERVING: two bytes more than its frame.
            if wire.fetch(HOST, port, asked, b"\0\0\0\0\0").size > 5:
                return
        except (OSError, wire.WireError):
            pass
        if time.monotonic() > deadline:
            raise RuntimeError(f"Envoy on port {port} reaches no server after {START_SECONDS:.0f} s")
        time.sleep(0.05)


def image() -> bytes:
    """The contract's descriptors as Envoy reads them, and those of the probe service."""
    found = descriptor_pb2.FileDescriptorSet.FromString(envoy.IMAGE.read_bytes())
    seen = {file.name for file in found.file}

    def add(file: descriptor.FileDescriptor) -> None:
        if file.name not in seen:
            seen.add(file.name)
            for dependency in file.dependencies:
                add(dependency)
            file.CopyToProto(found.file.add())

    add(probe_service_pb2.DESCRIPTOR)
    return found.SerializeToString()
