"""Fills third_party/ with the protos that ours import, taken from the installed (pinned and hash-checked) wheels.

google/api and google/rpc are files of googleapis-common-protos. protovalidate's wheel carries its schema only as a
descriptor: it is printed back, so that the contract is compiled against the very rules that the server enforces.
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    field_mask_pb2,
    timestamp_pb2,
)
from protovalidate._gen.buf.validate import validate_pb

from tools.proto_text import proto_text

# What our protos import, and the two that Envoy needs to print the details of an error as JSON.
GOOGLEAPIS = (
    "google/api/annotations.proto",
    "google/api/http.proto",
    "google/api/httpbody.proto",
    "google/rpc/error_details.proto",
    "google/rpc/status.proto",
)


def validate_proto() -> str:
    """The source of buf/validate/validate.proto of the installed protovalidate."""
    file = descriptor_pb2.FileDescriptorProto.FromString(validate_pb.desc().proto.to_binary())
    pool = descriptor_pool.DescriptorPool()
    for known in (descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    return proto_text(file, pool)


def fill(folder: Path) -> None:
    """Writes every third-party proto below `folder`."""
    sources = {name: str(metadata.distribution("googleapis-common-protos").locate_file(name)) for name in GOOGLEAPIS}
    texts = {name: Path(source).read_text(encoding="utf-8") for name, source in sources.items()}
    texts["buf/validate/validate.proto"] = validate_proto()
    for name, text in texts.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
