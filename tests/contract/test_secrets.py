"""What the contract marks as sensitive stands in no log, no error, no stored answer and no job, however a call ends."""

import io
import logging
import secrets
import string
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from google.protobuf.message import Message

from cnt_grpc.kit.db import Row
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.pb.cnt.common.v1 import policy_pb2 as pb
from tests.contract.calls import caller, rpc, send, valid, with_request_id
from tests.contract.fields import Place, copy, is_sensitive, is_text, places, wrong_fields
from tests.contract.methods import METHODS, UNARY, each
from tests.harness.api import Api, ApiError
from tests.harness.world import World

WITH_SECRETS = [method for method in METHODS if places(method.request, is_sensitive)]
TABLES = ("jobs", "idempotency_keys", "inbox", "pgqueuer.pgqueuer", "pgqueuer.pgqueuer_log")
"""Where requests and answers are kept for later, whatever room they are of."""

SHORTEST = 8
"""Characters of a value that can be looked for: a shorter one may stand anywhere by chance."""


class Overheard:
    """Everything that was logged in a block, as it would be written, at any level and by anybody."""

    def __init__(self) -> None:
        self._written = io.StringIO()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to all loggers of the process, turned up to DEBUG."""
        root = logging.getLogger()
        [formatter] = {handler.formatter for handler in root.handlers if type(handler) is logging.StreamHandler}
        ear = logging.StreamHandler(self._written)
        ear.setFormatter(formatter)
        levels = {logger: logger.level for logger in (root, *_loggers()) if logger.level != logging.NOTSET}
        root.addHandler(ear)
        for logger in levels:
            logger.setLevel(logging.DEBUG)
        yield
        root.removeHandler(ear)
        for logger, level in levels.items():
            logger.setLevel(level)

    @property
    def text(self) -> str:
        """All lines."""
        return self._written.getvalue()


def _loggers() -> list[logging.Logger]:
    known = logging.Logger.manager.loggerDict.values()
    return [logger for logger in known if isinstance(logger, logging.Logger)]


def sensitive(kind: type[Message]) -> list[Place]:
    """The sensitive texts of a request or a response."""
    return places(kind, lambda field: is_sensitive(field) and is_text(field))


def test_all_that_is_sensitive_is_text() -> None:
    """So that what follows looks at all of it."""
    for method in METHODS:
        for kind in (method.request, method.response):
            assert len(sensitive(kind)) == len(places(kind, is_sensitive))


@each(WITH_SECRETS)
async def test_a_call_that_succeeds(world: World, api: Api, method: Method, capfd: pytest.CaptureFixture[str]) -> None:
    who = await caller(world, method)
    request = await valid(world, method, who)
    for place in sensitive(method.request):
        if not place.get(request):
            _plant(place, request)
    asking = api.as_(who)
    if method.request_id != pb.REQUEST_ID_UNSPECIFIED:
        # Then its answer is kept.
        asking = with_request_id(asking, request, str(uuid.uuid4()))
    heard = Overheard()
    with heard.listening():
        [reply] = await send(asking, method, [request])
    written = heard.text + "".join(capfd.readouterr())
    await _assert_unheard(world, request, written)
    await _assert_unheard(world, method.response.FromString(reply), written)


@each(WITH_SECRETS)
async def test_calls_that_are_refused(
    world: World, api: Api, method: Method, capfd: pytest.CaptureFixture[str]
) -> None:
    """Because they are wrong in every sensitive field, in one of them, or in another, or are no message at all."""
    who = await caller(world, method)
    right = await valid(world, method, who)
    for place in (None, *sensitive(method.request)):
        request = copy(right)
        for each_place in sensitive(method.request):
            _plant(each_place, request)
        if place is not None:
            if not place.get(request):
                _plant(place, request)  # the next of the same oneof has cleared it
            place.put(request, f"{place.get(request)}\0{'x' * 2000}")
        heard = Overheard()
        with heard.listening():
            for body in (request.SerializeToString(), request.SerializeToString() + b"\xff"):
                try:
                    await send(api.as_(who), method, [body])
                except ApiError as error:
                    _assert_hidden(request, str(error.status))
        await _assert_unheard(world, request, heard.text + "".join(capfd.readouterr()))


ASKS_A_PARTY_FIRST = "cnt.auth.v1.AuthService/GoogleLogin"
"""It refuses what Google does not know before it comes to anything of ours that could fail."""


@each(method for method in WITH_SECRETS if method in UNARY and method.full_name != ASKS_A_PARTY_FIRST)
async def test_a_call_that_meets_a_defect(
    world: World, api: Api, method: Method, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise ZeroDivisionError("planted")

    who = await caller(world, method)
    request = await valid(world, method, who)
    for place in sensitive(method.request):
        _plant(place, request)
    # Whichever way a handler is given its database, it fails there: as a defect in any of its first statements would.
    monkeypatch.setattr(Call, "use", fail)
    monkeypatch.setattr(Call, "read", fail)
    monkeypatch.setattr(Call, "db", property(fail, lambda *_: None))
    heard = Overheard()
    with heard.listening(), pytest.raises(ApiError) as refused:
        await rpc(api.as_(who), method).raw(request.SerializeToString())
    assert refused.value.reason == "INTERNAL"
    assert "planted" in heard.text, "a defect is logged"
    assert "planted" not in str(refused.value.status), "and told nobody"
    await _assert_unheard(world, request, heard.text + "".join(capfd.readouterr()))


def _plant(place: Place, request: Message) -> None:
    """Put a value into the field that is found nowhere else, in the first of these forms that the contract takes."""
    random = secrets.token_hex(8)
    number = 10**11 + secrets.randbelow(10**11)
    day = f"19{number % 90 + 10}-0{number % 9 + 1}-1{number % 10}"
    letters = "".join(secrets.choice(string.ascii_uppercase) for _ in range(11))
    branch = f"{letters[:4]}0{letters[5:]}"
    # An address first: it fits wherever words do, and what asks for one may be no form but a rule.
    for text in (f"canary.{random}@example.com", f"canary {random}", str(number), day, branch, letters):
        place.put(request, text)
        if place.path not in wrong_fields(request):
            return
    pytest.fail(f"{place.name} takes none of the forms that `_plant` knows: teach it one more")


def _assert_hidden(message: Message, text: str) -> None:
    for place in sensitive(type(message)):
        secret = str(place.get(message) or "").partition("\0")[0]
        if secret:
            assert len(secret) >= SHORTEST, f"{place.name} is too short to be looked for"
            assert secret not in text, f"{place.name} is told"


async def _assert_unheard(world: World, message: Message, text: str) -> None:
    _assert_hidden(message, text)
    async with world.db.transaction() as tx:
        for table in TABLES:
            for row in await tx.raw(f"SELECT * FROM {table}"):  # noqa: S608
                _assert_hidden(message, _as_text(row))


def _as_text(row: Row) -> str:
    """All values of a row, bytes among them read as if they were text."""
    return "\n".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row.values())
