"""Answers buf: reads a CodeGeneratorRequest on stdin, writes the Python files of the contract to stdout."""

from __future__ import annotations

import sys

from google.protobuf.compiler import plugin_pb2

from tools.protoc_gen_cnt import layout, messages, reason, servicer

FEATURES = plugin_pb2.CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL


def generate(request: plugin_pb2.CodeGeneratorRequest) -> plugin_pb2.CodeGeneratorResponse:
    """All files for the protos of `request` that are ours to generate."""
    ours = [name for name in request.file_to_generate if layout.root(name)]
    files = messages.generate(request, ours)
    index = servicer.index_messages(request.proto_file)
    for file in request.proto_file:
        if file.name in ours:
            files |= servicer.generate(file, index)
            files |= reason.generate(file)
    files |= layout.package_markers(files)
    response = plugin_pb2.CodeGeneratorResponse(supported_features=FEATURES)
    for name, content in sorted(files.items()):
        response.file.add(name=name, content=content)
    return response


def answer(request: plugin_pb2.CodeGeneratorRequest) -> plugin_pb2.CodeGeneratorResponse:
    """As `generate`; what the contract must not contain is told to buf, which names it without a stack."""
    try:
        return generate(request)
    except ValueError as error:
        return plugin_pb2.CodeGeneratorResponse(error=str(error))


if __name__ == "__main__":
    sys.stdout.buffer.write(
        answer(plugin_pb2.CodeGeneratorRequest.FromString(sys.stdin.buffer.read())).SerializeToString()
    )
