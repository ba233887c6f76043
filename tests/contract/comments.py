"""What the comments of the contract say of each method: above all, which reasons of errors it gives."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from google.protobuf import descriptor_pb2

ROOT = Path(__file__).parents[2]

_WORD = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b")
_REFERENCE = re.compile(r"reasons of (\w+)", re.IGNORECASE)
_SERVICE, _METHOD = 6, 2
"""Numbers of FileDescriptorProto.service and ServiceDescriptorProto.method, as paths of comments name them."""


@cache
def comments() -> dict[str, str]:
    """The comment of each method, by the method's full name, on one line; "" where there is none."""
    found: dict[str, str] = {}
    for file in _files():
        at = {tuple(each.path): each.leading_comments for each in file.source_code_info.location}
        for s, service in enumerate(file.service):
            for m, method in enumerate(service.method):
                text = at.get((_SERVICE, s, _METHOD, m), "")
                found[f"{file.package}.{service.name}/{method.name}"] = " ".join(text.split())
    return found


@cache
def reasons() -> Counter[str]:
    """Every reason that any room knows, and how many rooms do."""
    names = (name.removeprefix("REASON_") for enum, name in _enum_values() if enum == "Reason")
    return Counter(name for name in names if name != "UNSPECIFIED")


@cache
def named_reasons(method: str) -> frozenset[str]:
    """The reasons that a method's comment names, and those of a method of its service that it refers to."""
    text = comments()[method]
    named = reasons().keys() & set(_WORD.findall(text))
    service = method.partition("/")[0]
    for other in _REFERENCE.findall(text):
        named |= named_reasons(f"{service}/{other}")
    return frozenset(named)


@cache
def unknown_words(method: str) -> list[str]:
    """Words in a method's comment that look like a name of the contract's and are none."""
    known = reasons().keys() | {name for _, name in _enum_values()}
    return [word for word in _WORD.findall(comments()[method]) if "_" in word and word not in known]


def _enum_values() -> Iterator[tuple[str, str]]:
    return ((enum.name, value.name) for file in _files() for enum in file.enum_type for value in enum.value)


@cache
def _files() -> tuple[descriptor_pb2.FileDescriptorProto, ...]:
    # Generated modules carry no comments; buf reads them anew in a tenth of a second.
    buf = Path(sys.executable).with_name("buf")
    image = subprocess.run([buf, "build", "proto", "-o", "-"], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    return tuple(descriptor_pb2.FileDescriptorSet.FromString(image).file)
