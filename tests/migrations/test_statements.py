"""Postgres accepts every statement in the code on the migrated schema: a wrong type is found here, not by a user."""

import enum
import functools
import importlib
import inspect
import itertools
import pkgutil
import types
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import asyncpg
import pytest
from sqlalchemy import Executable

import cnt_grpc
from cnt_grpc.community.moderated import EVENTS, POSTS
from cnt_grpc.content.kinds import KINDS, ItemKind
from cnt_grpc.content.moderated import MODERATED
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.db.statements import Statement
from cnt_grpc.moderation import Things

Builder = Callable[..., Statement]

KNOWN: dict[object, list[Any]] = {
    ItemKind: list(KINDS),
    Things: [kind.standing.things for kind in (*MODERATED, POSTS, EVENTS)],
}
"""All values of arguments whose types do not list them."""


def builders() -> Iterator[tuple[str, Builder]]:
    """Every function under `@statement`, by its name."""
    for module in pkgutil.walk_packages(cnt_grpc.__path__, "cnt_grpc."):
        if ".pb" in module.name or ".dev" in module.name or module.name.endswith("__main__"):
            continue
        for name, found in vars(importlib.import_module(module.name)).items():
            build = getattr(found, "__wrapped__", None)
            if (
                isinstance(found, functools._lru_cache_wrapper)
                and build.__module__ == module.name
                and get_type_hints(build).get("return") is Executable
            ):
                yield f"{module.name.removeprefix('cnt_grpc.')}.{name}", found


def samples(hint: Any) -> list[Any]:
    """Values of an argument that shapes a statement: all of them where they are few, none where nobody can tell."""
    if hint in KNOWN:
        return KNOWN[hint]
    if hint is bool:
        return [True, False]
    if hint is int:
        return [21]
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return [each for option in get_args(hint) for each in samples(option)]
    if hint is type(None):
        return [None]
    if isinstance(hint, enum.EnumMeta):
        return list(hint)
    return []


def forms(build: Builder) -> list[Statement]:
    """All forms of a statement."""
    function = build.__wrapped__  # type: ignore[attr-defined]
    parameters = inspect.signature(function).parameters.values()
    hints = get_type_hints(function)
    found = []
    for values in itertools.product(*(samples(hints[each.name]) for each in parameters)):
        arguments = list(zip(parameters, values, strict=True))
        positional = [value for each, value in arguments if each.kind is not each.KEYWORD_ONLY]
        named = {each.name: value for each, value in arguments if each.kind is each.KEYWORD_ONLY}
        found.append(build(*positional, **named))
    return found


BUILDERS = dict(builders())


@pytest.fixture(scope="module")
async def connection(scratch: Database) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(scratch.dsn)
    yield connection
    await connection.close()


def test_the_statements_are_found() -> None:
    assert "kit.jobs.queries.claim" in BUILDERS
    assert len([name for name, build in BUILDERS.items() if forms(build)]) > 80


@pytest.mark.parametrize("name", sorted(BUILDERS))
async def test_postgres_accepts(name: str, connection: Any) -> None:
    for form in forms(BUILDERS[name]):
        await connection.prepare(form.sql)  # parsed and typed, but not run
