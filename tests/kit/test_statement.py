"""Compiled statements: what becomes text, what becomes a parameter, and what is refused because it would go wrong."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Column, Executable, Integer, MetaData, Table, bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import REGCONFIG

from cnt_grpc.kit.db.statements import VARIANTS, Statement, statement
from tests.kit.things import Why, things


def compiled(build: Callable[[], Executable]) -> Statement:
    return statement(build)()


def test_it_is_built_once_for_each_tuple_of_arguments() -> None:
    built = []

    @statement
    def list_things(limit: int, *, newest: bool = False) -> Executable:
        built.append((limit, newest))
        return select(things.c.id).order_by(things.c.id.desc() if newest else things.c.id).limit(limit)

    assert list_things(11) is list_things(11)
    assert list_things(11, newest=True) is not list_things(11)
    assert built == [(11, False), (11, True)]
    assert "LIMIT 11" in list_things(11).sql


def test_it_says_where_it_is_written() -> None:
    assert compiled(lambda: select(things.c.id)).sql.startswith("/* tests.kit.test_statement.")


def test_plain_constants_are_text_and_values_are_parameters() -> None:
    found = compiled(
        lambda: select(things.c.id).where(
            things.c.name == "queued",
            things.c.colour == Why.NAME_TAKEN,
            things.c.number > 5,
            things.c.secret == bindparam("secret"),
            things.c.name.in_(["a", "b"]),
        )
    )
    for part in ("= 'queued'", "= 'NAME_TAKEN'", "> 5", "IN ('a', 'b')", "= $1::VARCHAR"):
        assert part in found.sql
    assert found.arguments({"secret": "s"}) == ["s"]


def test_a_constant_that_needs_quoting_never_becomes_text() -> None:
    evil = "'; DROP TABLE things; --"
    found = compiled(lambda: select(things.c.id).where(things.c.name == evil, things.c.colour.like("50%")))
    assert "DROP" not in found.sql
    assert found.arguments({}) == [evil, "50%"]


def test_text_search_configurations_and_json_keys_are_text() -> None:
    found = compiled(lambda: select(func.to_tsvector("simple", things.c.name), things.c.data["key"].astext))
    assert "to_tsvector('simple'::regconfig, things.name)" in found.sql
    assert "->> 'key'" in found.sql
    assert isinstance(func.to_tsvector("simple", things.c.name).clauses.clauses[0].type, REGCONFIG)


def test_an_insert_that_returns_nothing_asks_for_nothing() -> None:
    assert "RETURNING" not in compiled(lambda: insert(things).values(name=bindparam("name"))).sql


def test_a_moment_in_a_statement_is_refused_because_it_would_stay() -> None:
    with pytest.raises(TypeError, match="for ever"):
        compiled(lambda: select(things.c.id).where(things.c.at < datetime.now(UTC)))
    with pytest.raises(TypeError, match="for ever"):
        compiled(lambda: select(things.c.id).where(things.c.name == bindparam("n", callable_=lambda: "x")))


def test_lists_and_limits_as_parameters_are_refused() -> None:
    with pytest.raises(TypeError, match="among"):
        compiled(lambda: select(things.c.id).where(things.c.id.in_(bindparam("ids", expanding=True))))
    with pytest.raises(TypeError, match="among"):
        compiled(lambda: select(things.c.id).where(things.c.name.in_(["it's"])))
    with pytest.raises(TypeError, match="LIMIT"):
        compiled(lambda: select(things.c.id).limit(bindparam("limit")))


def test_defaults_that_only_python_knows_are_refused() -> None:
    odd = Table("odd", MetaData(), Column("id", Integer), Column("n", Integer, default=1, onupdate=1))
    with pytest.raises(TypeError, match="server_default"):
        compiled(lambda: insert(odd).values(id=bindparam("id")))
    with pytest.raises(TypeError, match="server_default"):
        compiled(lambda: update(odd).values(id=bindparam("new")))


def test_parameters_of_plain_sql_are_numbered_too() -> None:
    found = compiled(lambda: text("SELECT :a || :b || :a"))
    assert "$1 || $2 || $1" in found.sql
    assert found.arguments({"b": "y", "a": "x"}) == ["x", "y"]


def test_a_value_built_into_a_statement_does_not_fill_the_memory(caplog: pytest.LogCaptureFixture) -> None:
    @statement
    def by_id(number: int) -> Executable:
        return select(things.c.id).where(things.c.id == number)

    for number in range(VARIANTS + 10):
        by_id(number)
    assert sum("too many forms" in str(record.msg) for record in caplog.records) == 1
