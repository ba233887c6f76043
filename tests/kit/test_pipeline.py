"""The pipeline through real sockets: errors, deadlines, identity, policy, validation, transactions, streams."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import grpc
import pytest

from cnt_grpc.kit import clock, defects
from cnt_grpc.kit.errors import Contention, Exhausted
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.common.v1.reason import Reason as Common
from tests.harness.api import ApiError
from tests.kit.probe import do, done, refuse, refuse_and_keep, sleep
from tests.kit.served import Probe
from tests.pb.cnt.testing.v1 import probe_service_pb2 as pb2
from tests.pb.cnt.testing.v1.reason import Reason

S = grpc.StatusCode


async def test_malformed_bytes_are_the_callers_fault(probe: Probe) -> None:
    with pytest.raises(ApiError) as found:
        await probe.api.probe.Act.raw(b"\xff\xff\xff")
    assert (found.value.code, found.value.reason) == (S.INVALID_ARGUMENT, Common.MALFORMED)


async def test_every_violation_is_told_with_its_path(probe: Probe) -> None:
    parts = [pb2.Part(name="good"), pb2.Part(name="far too long for it")]
    error = await probe.api.probe.Act(what="x\0y", times=-1, parts=parts).fails(S.INVALID_ARGUMENT, Common.INVALID)
    assert sorted(error.fields) == ["parts[1].name", "times", "what"]
    assert len(error.status.SerializeToString()) < 1024
    assert probe.service.runs.total() == 0


async def test_a_defect_says_nothing_but_an_id(probe: Probe, caplog: pytest.LogCaptureFixture) -> None:
    sent = "the secret of the house"

    async def fail(_: Call) -> None:
        raise ZeroDivisionError(sent)

    probe.service.behaviours["fail"] = fail
    error = await probe.api.probe.Act(what="fail", secret="canary-4711").fails(S.INTERNAL, Common.INTERNAL)
    assert error.text == "internal error"
    assert "secret of the house" not in str(error.status)
    assert error.request_id in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "canary-4711" not in caplog.text
    async with probe.db.transaction() as tx:
        kept = await defects.find(tx, error.request_id)
    assert kept is not None
    assert (kept["method"], kept["kind"]) == ("cnt.testing.v1.ProbeService/Act", "ZeroDivisionError")
    assert "in fail" in kept["stack"]
    assert "secret of the house" not in kept["stack"]


async def test_a_defect_in_a_stream_is_internal_too(probe: Probe) -> None:
    async def fail(_: Call) -> None:
        raise KeyError("inside")

    probe.service.behaviours["fail"] = fail
    await probe.api.probe.Watch(messages=2, what="fail").fails(S.INTERNAL, Common.INTERNAL)


async def test_a_handler_that_raises_cancelled_error_still_answers(probe: Probe) -> None:
    async def cancelled(_: Call) -> None:
        raise asyncio.CancelledError

    probe.service.behaviours["cancelled"] = cancelled
    await probe.api.probe.Act(what="cancelled").fails(S.INTERNAL, Common.INTERNAL)


async def test_the_policys_deadline_ends_a_call(probe: Probe) -> None:
    async def hang(_: Call) -> None:
        await asyncio.sleep(60)

    probe.service.behaviours["hang"] = hang
    await probe.api.probe.Act(what="hang").fails(S.DEADLINE_EXCEEDED, Common.DEADLINE)


async def test_a_call_that_timed_out_in_the_database_leaves_the_pool_clean(probe: Probe) -> None:
    async def hang(call: Call) -> None:
        await call.tx.one(sleep())

    probe.service.behaviours["hang"] = hang
    await probe.api.probe.Act(what="hang").fails(S.DEADLINE_EXCEEDED, Common.DEADLINE)
    assert await probe.count("hang") is None
    assert (await probe.api.probe.Act(what="after")).count == 1


async def test_a_cancelled_call_is_rolled_back_and_frees_its_connection(probe: Probe) -> None:
    reached = asyncio.Event()

    async def hang(_: Call) -> None:
        reached.set()
        await asyncio.sleep(60)

    probe.service.behaviours["hang"] = hang
    call = probe.api.probe.Act(what="hang").start()
    await reached.wait()
    call.cancel()
    del probe.service.behaviours["hang"]
    assert (await probe.api.probe.Act(what="hang")).count == 1


@pytest.mark.parametrize(
    ("rpc", "who", "refusal"),
    [
        ("Rule", "anonymous", (S.UNAUTHENTICATED, Common.NOT_SIGNED_IN)),
        ("Rule", "user", (S.PERMISSION_DENIED, Common.ROLE_MISSING)),
        ("Rule", "moderator", (S.PERMISSION_DENIED, Common.ROLE_MISSING)),
        ("Rule", "admin", (S.PERMISSION_DENIED, Common.CONFIRMATION_NEEDED)),
        ("ActOnce", "guest", (S.PERMISSION_DENIED, Common.ROLE_MISSING)),
        ("Gather", "anonymous", (S.UNAUTHENTICATED, Common.NOT_SIGNED_IN)),
        ("Echo", "guest", (S.PERMISSION_DENIED, Common.ROLE_MISSING)),
    ],
)
async def test_who_is_less_than_the_policy_asks_is_refused(
    probe: Probe, rpc: str, who: str, refusal: tuple[S, str]
) -> None:
    roles = {who} & {"moderator", "admin"}
    api = probe.api if who == "anonymous" else probe.signed_in(7, *roles, is_guest=who == "guest")
    await getattr(api.probe, rpc)().fails(*refusal)


async def test_a_fresh_admin_may_and_is_limited_by_rate(probe: Probe) -> None:
    admin = probe.signed_in(8, "admin", fresh_until=clock.now() + timedelta(minutes=5))
    for _ in range(3):
        await admin.probe.Rule()
    error = await admin.probe.Rule().fails(S.RESOURCE_EXHAUSTED, Common.TOO_MANY_CALLS)
    assert 0 < error.retry_after <= 20
    other = probe.signed_in(9, "admin", fresh_until=clock.now() + timedelta(minutes=5))
    await other.probe.Rule()


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Basic YTpi", "Bearer 999999"])
async def test_a_bad_token_is_refused_even_where_none_is_needed(probe: Probe, header: str) -> None:
    await probe.api.with_(authorization=header).probe.Ping().fails(S.UNAUTHENTICATED, Common.NOT_SIGNED_IN)


async def test_a_session_is_looked_up_once_a_second_at_most(probe: Probe) -> None:
    ann = probe.signed_in(11)
    before = probe.sessions.asked
    await asyncio.gather(*(ann.probe.ActOnce(request_id=_id(n), what="many") for n in range(20)))
    assert probe.sessions.asked - before <= 2


async def test_an_ended_session_ends_open_streams(probe: Probe) -> None:
    stream = probe.signed_in(12).probe.Watch(messages=1, what="until stopped").start()
    assert (await stream.read()).number == 1
    del probe.sessions.states[12]
    await probe.pipeline.streams.check()
    with pytest.raises(grpc.aio.AioRpcError) as found:
        await stream.read()
    assert found.value.code() == S.UNAUTHENTICATED
    await probe.until(lambda: probe.service.runs["closed until stopped"] == 1)


async def test_a_refusal_takes_its_writes_with_it_unless_it_keeps_them(probe: Probe) -> None:
    probe.service.behaviours |= {"refuse": refuse, "keep": refuse_and_keep}
    await probe.api.probe.Act(what="refuse").fails(S.FAILED_PRECONDITION, Reason.PROBE_FAILED, detail="no")
    await probe.api.probe.Act(what="keep").fails(S.FAILED_PRECONDITION, Reason.PROBE_FAILED)
    assert await probe.count("refuse") is None
    assert await probe.count("keep") == 1


async def test_a_call_that_meets_another_transaction_runs_again_from_the_start(probe: Probe) -> None:
    async def contend_once(_: Call) -> None:
        if probe.service.runs["contended"] == 1:
            raise Contention

    probe.service.behaviours["contended"] = contend_once
    assert (await probe.api.probe.Act(what="contended")).count == 1
    assert probe.service.runs["contended"] == 2


async def test_a_call_that_always_meets_another_is_aborted(probe: Probe) -> None:
    async def contend(_: Call) -> None:
        raise Contention

    probe.service.behaviours["contended"] = contend
    await probe.api.probe.Act(what="contended").fails(S.ABORTED, Common.CONTENTION)
    assert probe.service.runs["contended"] == 3


async def test_a_method_that_only_reads_cannot_write(probe: Probe) -> None:
    async def write(call: Call) -> None:
        await call.tx.value(do(), what="sneaky")

    probe.service.behaviours["write"] = write
    await probe.api.probe.Look(what="write").fails(S.INTERNAL, Common.INTERNAL)
    assert await probe.count("sneaky") is None


async def test_a_method_without_a_transaction_has_none(probe: Probe) -> None:
    async def peek(call: Call) -> None:
        await call.tx.value(done(), what="x")

    probe.service.behaviours["peek"] = peek
    await probe.api.probe.ActOutside(what="peek").fails(S.INTERNAL, Common.INTERNAL)


async def test_answers_to_anonymous_callers_are_shared_for_a_second(probe: Probe) -> None:
    replies = await asyncio.gather(*(probe.api.probe.Look(what="shared") for _ in range(50)))
    assert {reply.count for reply in replies} == {1}
    assert (await probe.signed_in(14).probe.Look(what="shared")).count == 2


async def test_a_failed_answer_is_not_shared_later(probe: Probe) -> None:
    async def busy_once(_: Call) -> None:
        if probe.service.runs["busy"] == 1:
            raise Exhausted(Common.TOO_MANY_CALLS, retry_after=1.5)

    probe.service.behaviours["busy"] = busy_once
    error = await probe.api.probe.Look(what="busy").fails(S.RESOURCE_EXHAUSTED, Common.TOO_MANY_CALLS)
    assert error.retry_after == 1.5
    assert (await probe.api.probe.Look(what="busy")).count == 2


async def test_streams_of_all_kinds_carry_messages(probe: Probe) -> None:
    ann = probe.signed_in(15)
    assert [m.number async for m in probe.api.probe.Watch(messages=3)] == [1, 2, 3]
    assert (await ann.probe.Gather([pb2.GatherRequest(weight=w) for w in (1, 2, 3)])).sum == 6
    assert [m.text async for m in ann.probe.Echo([pb2.EchoRequest(text=t) for t in "ab"])] == ["a", "b"]


async def test_each_message_of_a_stream_is_validated(probe: Probe) -> None:
    heavy = [pb2.GatherRequest(weight=1), pb2.GatherRequest(weight=-5)]
    await probe.signed_in(16).probe.Gather(heavy).fails(S.INVALID_ARGUMENT, Common.INVALID)


@pytest.mark.parametrize("rpc", ["Gather", "Echo"])
@pytest.mark.parametrize("text", ["signed out", "signed in"])
async def test_who_still_sends_is_told_the_refusal(probe: Probe, rpc: str, text: str) -> None:
    """grpcio's client makes INTERNAL of a refusal that comes while it sends."""
    message = {"Gather": pb2.GatherRequest(weight=-1), "Echo": pb2.EchoRequest(text="x" * 101)}[rpc]
    api = probe.signed_in(17) if text == "signed in" else probe.api
    refusal = (S.INVALID_ARGUMENT, Common.INVALID) if text == "signed in" else (S.UNAUTHENTICATED, Common.NOT_SIGNED_IN)
    for number in (2, 3, 50):
        await getattr(api.probe, rpc)([message] * number).fails(*refusal)


async def test_who_never_stops_sending_is_refused_all_the_same(probe: Probe) -> None:
    async def without_end() -> AsyncIterator[pb2.GatherRequest]:
        while True:
            yield pb2.GatherRequest(weight=-1)
            await asyncio.sleep(0.02)

    call = probe.signed_in(17).probe.Gather(without_end()).start()
    async with asyncio.timeout(20):
        await call.code()


async def test_a_stream_that_the_client_leaves_is_closed(probe: Probe) -> None:
    stream = probe.api.probe.Watch(messages=1, what="until stopped").start()
    await stream.read()
    stream.cancel()
    await probe.until(lambda: probe.service.runs["closed until stopped"] == 1)
    await probe.until(lambda: len(probe.pipeline.streams) == 0)


async def test_a_stop_lets_calls_finish_and_streams_say_where_to_resume(probe: Probe) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Call) -> None:
        reached.set()
        await go_on.wait()

    probe.service.behaviours["slow"] = slow
    stream = probe.api.probe.Watch(messages=1, what="until stopped").start()
    await stream.read()
    call = asyncio.ensure_future(probe.api.probe.Act(what="slow")._one())
    await reached.wait()
    stopping = asyncio.create_task(probe.server.stop())
    assert (await stream.read()).last
    assert await stream.read() is grpc.aio.EOF
    go_on.set()
    assert (await call).count == 1
    await stopping


async def test_headers_tell_the_clients_address(probe: Probe) -> None:
    seen: list[str] = []

    async def look(call: Call) -> None:
        seen.append(call.address)

    probe.service.behaviours["look"] = look
    await probe.api.probe.Act(what="look")
    await probe.api.with_(x_forwarded_for="6.6.6.6, 203.0.113.9").probe.Act(what="look")
    await probe.api.with_(x_forwarded_for="nonsense").probe.Act(what="look")
    assert seen == ["127.0.0.1", "203.0.113.9", ""]


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"
