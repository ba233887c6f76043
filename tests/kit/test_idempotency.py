"""A request id makes a mutation happen once: twins, refusals, other bodies, and methods without a transaction."""

import asyncio
import uuid
from datetime import timedelta

import grpc
import pytest

from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.rpc import idempotency
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.common.v1.reason import Reason as Common
from tests.kit.probe import refuse
from tests.kit.served import Probe
from tests.pb.cnt.testing.v1.reason import Reason

S = grpc.StatusCode


@pytest.mark.parametrize("rpc", ["Act", "ActOutside"])
async def test_a_hundred_twins_have_one_effect_and_one_answer(probe: Probe, rpc: str) -> None:
    call = getattr(probe.api.probe, rpc)
    request_id = str(uuid.uuid4())
    replies = await asyncio.gather(*(call(request_id=request_id, what="twin")._one() for _ in range(100)))
    assert {reply.count for reply in replies} == {1}
    assert await probe.count("twin") == 1


async def test_another_body_under_the_same_id_is_refused(probe: Probe) -> None:
    request_id = str(uuid.uuid4())
    await probe.api.probe.Act(request_id=request_id, what="a")
    await probe.api.probe.Act(request_id=request_id, what="b").fails(S.ALREADY_EXISTS, Common.REQUEST_ID_REUSED)
    assert (await probe.api.probe.Act(request_id=request_id, what="a")).count == 1


async def test_the_same_id_of_another_caller_or_method_is_another_call(probe: Probe) -> None:
    request_id = str(uuid.uuid4())
    assert (await probe.api.probe.Act(request_id=request_id, what="x")).count == 1
    assert (await probe.signed_in(21).probe.Act(request_id=request_id, what="x")).count == 2
    assert (await probe.signed_in(21).probe.ActOnce(request_id=request_id, what="x")).count == 3


async def test_where_required_it_must_be_there(probe: Probe) -> None:
    error = await probe.signed_in(22).probe.ActOnce(what="x").fails(S.INVALID_ARGUMENT, Common.INVALID)
    assert error.fields == ["request_id"]


async def test_it_may_come_as_a_header(probe: Probe) -> None:
    api = probe.api.with_(idempotency_key=str(uuid.uuid4()))
    assert [(await api.probe.Act(what="header")).count for _ in range(2)] == [1, 1]
    await probe.api.with_(idempotency_key="no-uuid").probe.Act().fails(S.INVALID_ARGUMENT, Common.INVALID)


@pytest.mark.parametrize("rpc", ["Act", "ActOutside"])
async def test_a_refusal_is_an_answer_and_stays_one(probe: Probe, rpc: str) -> None:
    probe.service.behaviours["refused"] = refuse
    call = getattr(probe.api.probe, rpc)
    request_id = str(uuid.uuid4())
    first = await call(request_id=request_id, what="refused").fails(S.FAILED_PRECONDITION, Reason.PROBE_FAILED)
    del probe.service.behaviours["refused"]
    again = await call(request_id=request_id, what="refused").fails(S.FAILED_PRECONDITION, Reason.PROBE_FAILED)
    assert first.status == again.status


@pytest.mark.parametrize("rpc", ["Act", "ActOutside"])
async def test_a_failure_that_may_pass_is_not_kept(probe: Probe, rpc: str) -> None:
    async def away(_: Call) -> None:
        raise Unavailable(Common.PARTY_UNAVAILABLE)

    probe.service.behaviours["away"] = away
    call = getattr(probe.api.probe, rpc)
    request_id = str(uuid.uuid4())
    await call(request_id=request_id, what="away").fails(S.UNAVAILABLE, Common.PARTY_UNAVAILABLE)
    del probe.service.behaviours["away"]
    # Without a transaction, what the handler committed itself stays; with one, the failed run left nothing.
    assert (await call(request_id=request_id, what="away")).count == (1 if rpc == "Act" else 2)


async def test_what_is_answered_with_its_effect_outlives_a_crash(probe: Probe) -> None:
    """The process dies after the commit: a second try finds the answer, and acts no more."""

    async def dies(_: Call) -> None:
        raise Unavailable(Common.PARTY_UNAVAILABLE)

    probe.service.behaviours["answered"] = dies
    request_id = str(uuid.uuid4())
    first = probe.api.probe.ActOutside(request_id=request_id, what="answered")
    await first.fails(S.UNAVAILABLE, Common.PARTY_UNAVAILABLE)
    del probe.service.behaviours["answered"]
    for _ in range(2):
        assert (await probe.api.probe.ActOutside(request_id=request_id, what="answered")).count == 1
    assert await probe.count("answered") == 1
    # Without an id there is nothing to keep it under.
    assert (await probe.api.probe.ActOutside(what="answered")).count == 2


async def test_a_defect_is_not_kept(probe: Probe) -> None:
    async def fail(_: Call) -> None:
        raise ZeroDivisionError

    probe.service.behaviours["fail"] = fail
    request_id = str(uuid.uuid4())
    await probe.api.probe.Act(request_id=request_id, what="fail").fails(S.INTERNAL, Common.INTERNAL)
    del probe.service.behaviours["fail"]
    assert (await probe.api.probe.Act(request_id=request_id, what="fail")).count == 1


async def test_a_call_without_a_transaction_that_still_runs_elsewhere_is_not_run_twice(probe: Probe) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Call) -> None:
        reached.set()
        await go_on.wait()

    probe.service.behaviours["slow"] = slow
    request_id = str(uuid.uuid4())
    first = asyncio.ensure_future(probe.api.probe.ActOutside(request_id=request_id, what="slow")._one())
    await reached.wait()
    # Another process has its own memory of who runs: a fresh one stands for it here.
    probe.pipeline.runner._twins = type(probe.pipeline.runner._twins)()
    await probe.api.probe.ActOutside(request_id=request_id, what="slow").fails(S.ABORTED, Common.REQUEST_IN_PROGRESS)
    go_on.set()
    assert (await first).count == 1


async def test_stored_answers_are_not_in_the_clear(probe: Probe) -> None:
    await probe.api.probe.Act(request_id=str(uuid.uuid4()), what="canary-0815")
    async with probe.db.transaction() as tx:
        stored = await tx.raw("SELECT answer FROM idempotency_keys")
    assert stored[0]["answer"]
    assert b"canary-0815" not in stored[0]["answer"]


async def test_answers_are_dropped_after_a_day_but_those_of_money_never(probe: Probe) -> None:
    await probe.api.probe.Act(request_id=str(uuid.uuid4()), what="light")
    await probe.signed_in(23).probe.ActOnce(request_id=str(uuid.uuid4()), what="money")

    async def kept() -> list[str]:
        async with probe.db.transaction() as tx:
            await tx.run(idempotency.purge(10), now=clock.now())
            return [row["method"] for row in await tx.raw("SELECT method FROM idempotency_keys ORDER BY method")]

    assert len(await kept()) == 2
    clock.move(timedelta(hours=25))
    assert await kept() == ["cnt.testing.v1.ProbeService/ActOnce"]
