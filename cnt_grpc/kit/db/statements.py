"""SQLAlchemy Core statements, compiled once into the text and the argument order that asyncpg takes."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import lru_cache, wraps
from typing import Any, ParamSpec, cast
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Dialect, Executable, Insert, Select, bindparam, func
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG
from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg, PGDialect_asyncpg
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.sqltypes import JSON, Boolean, Integer, NullType, String
from sqlalchemy.types import TypeEngine

P = ParamSpec("P")

VARIANTS = 256
"""How many forms of one statement are kept; more means that a value is built into it which belongs in a bindparam."""

_HARMLESS = re.compile(r"[\w .:/+-]{0,64}", re.ASCII)
_log = structlog.get_logger("cnt.statement")


class Statement:
    """One SQL text with numbered parameters; made by functions under `@statement` alone."""

    __slots__ = ("_constants", "_count", "_names", "_processors", "name", "sql")

    def __init__(self, name: str, executable: Executable) -> None:
        if isinstance(executable, Insert) and not executable._returning:  # noqa: SLF001
            # Otherwise SQLAlchemy asks for the new primary key with a RETURNING that nobody reads.
            executable = executable.inline()
        compiled: Any = cast("Any", executable).compile(dialect=_DIALECT)
        prefetch = [column.name for column in (*compiled.insert_prefetch, *compiled.update_prefetch)]
        if prefetch:
            # A Python-side default would be skipped in silence: nothing here runs SQLAlchemy's execution.
            raise TypeError(
                f"{name}: give {', '.join(prefetch)} a value or a server_default; Column(default=…) is not run"
            )
        self.name = name
        """Where it is written, such as `auth.queries.user_by_email`; a comment in the SQL, for logs of slow queries."""
        self.sql = f"/* {name} */ {compiled.string}"
        self._names: tuple[str, ...] = tuple(compiled.positiontup or ())
        binds: Mapping[str, BindParameter[Any]] = compiled.binds
        self._constants = {key: _constant(name, binds[key].value) for key in self._names if not binds[key].required}
        self._count = len(self._names) - len(self._constants)
        processors: Mapping[str, Callable[[object], object]] = compiled._bind_processors  # noqa: SLF001
        self._processors = tuple((at, processors[key]) for at, key in enumerate(self._names) if key in processors)

    def arguments(self, params: Mapping[str, object]) -> list[object]:
        """The parameters in the order of $1, $2, …; TypeError when one is missing or one too many."""
        given = {**self._constants, **params} if self._constants else params
        try:
            arguments = [given[name] for name in self._names]
        except KeyError as missing:
            raise TypeError(f"{self.name}: parameter {missing} is missing") from None
        if len(params) != self._count:
            unknown = ", ".join(sorted(set(params) - set(self._names))) or ", ".join(sorted(set(params)))
            raise TypeError(f"{self.name} takes no such parameter: {unknown}")
        for at, process in self._processors:
            arguments[at] = process(arguments[at])
        return arguments

    def __repr__(self) -> str:
        return f"<Statement {self.name}>"


def statement(build: Callable[P, Executable]) -> Callable[P, Statement]:
    """Let a function that builds a Core statement give it compiled, once for each tuple of arguments.

    Arguments shape the statement (a flag, a sort order, a LIMIT) and must be hashable and few; values are bindparams:

        @statement
        def user_by_email() -> Executable:
            return select(users).where(func.lower(users.c.email) == bindparam("email"))

    Plain constants in it (numbers, words, None) become literals of the SQL, so that partial indexes are found and
    Postgres plans once; everything else is a parameter.
    """
    name = f"{build.__module__}.{build.__qualname__}".removeprefix("cnt_grpc.")
    built = 0

    @lru_cache(maxsize=VARIANTS, typed=True)
    @wraps(build)
    def variant(*args: P.args, **kwargs: P.kwargs) -> Statement:
        nonlocal built
        built += 1
        if built == VARIANTS + 1:
            _log.warning("statement with too many forms: pass its values as bindparams", statement=name)
        return Statement(name, build(*args, **kwargs))

    return cast("Callable[P, Statement]", variant)


def among(column: ColumnElement[Any], param: str) -> ColumnElement[bool]:
    """`column = ANY(:param)`: one statement for lists of any length, where IN would need one for each."""
    return column == func.any(bindparam(param, type_=ARRAY(column.type)))


class _Compiler(PGCompiler_asyncpg):
    """Writes plain constants into the SQL."""

    def visit_bindparam(  # type: ignore[override]  # the flags between are handed on as they come
        self, bindparam: BindParameter[object], *, literal_binds: bool = False, **flags: object
    ) -> str:
        if bindparam.callable is not None:
            raise TypeError(f"{bindparam.key}: a callable parameter would be evaluated once for ever")
        if bindparam.expanding and bindparam.required:
            raise TypeError(f"{bindparam.key}: write among(column, {bindparam.key!r}) instead of in_(bindparam(…))")
        plain = not bindparam.required and _is_plain(bindparam)
        if bindparam.expanding and not plain:
            raise TypeError("in_() takes plain words and numbers; write among(column, …) for the rest")
        base: Any = super()
        text: str = base.visit_bindparam(bindparam, literal_binds=literal_binds or plain, **flags)
        return text

    def render_literal_value(self, value: object, type_: TypeEngine[object]) -> str:
        if isinstance(type_, REGCONFIG):
            return f"'{value}'::regconfig"
        base: Any = super()
        text: str = base.render_literal_value(value, type_)
        return text

    def limit_clause(self, select: Select[object], **flags: object) -> str:
        for clause in (select._limit_clause, select._offset_clause):  # noqa: SLF001
            if isinstance(clause, BindParameter) and clause.required:
                # Measured: with a parameter Postgres plans at each call, 755 a second against 1,287.
                raise TypeError("LIMIT is part of the statement: take it as an argument of the function")
        base: Any = super()
        text: str = base.limit_clause(select, **flags)
        return text


_PLAIN_TYPES = (String, Integer, Boolean, NullType, REGCONFIG, JSON.JSONIntIndexType, JSON.JSONStrIndexType)


def _constant(name: str, value: object) -> object:
    if isinstance(value, (date, time, UUID)):
        raise TypeError(f"{name}: {value!r} would stay the same for ever; pass it as a bindparam")
    return value


def _is_plain(bound: BindParameter[Any]) -> bool:
    """Whether a constant can stand in SQL without any quoting that could go wrong."""
    literal: TypeEngine[Any] = bound.type
    if not isinstance(literal, _PLAIN_TYPES):
        return False
    values = bound.value if bound.expanding else [bound.value]
    return all(
        value is None or isinstance(value, int) or (isinstance(value, str) and _HARMLESS.fullmatch(value) is not None)
        for value in values or ()
    )


def _dialect() -> Dialect:
    # jsonb is (de)serialised by the connection's codec, so that reading and writing agree.
    dialect = cast("Any", PGDialect_asyncpg)(json_serializer=lambda value: value)
    dialect.statement_compiler = _Compiler
    return cast("Dialect", dialect)


_DIALECT = _dialect()
