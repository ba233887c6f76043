"""Edits of one step, asked for and waited for in one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from cnt_grpc import media
from cnt_grpc.editing import jobs
from cnt_grpc.editing.messages import edits as messages
from cnt_grpc.editing.messages import plans
from cnt_grpc.editing.rules import edits
from cnt_grpc.editing.rules.edits import Asked
from cnt_grpc.kit import jobs as kit_jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Invalid, Violation
from cnt_grpc.kit.rpc import idempotency, validation
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.rpc.idempotency import Key
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2, operation_pb2
from cnt_grpc.pb.cnt.editing.v1 import editing_service_pb2 as pb2

PATIENCE: Final = 60.0
"""Seconds that a shorthand waits for its result."""

_Answer = TypeVar("_Answer", bound=Any)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The edit that a request stands for."""

    media_id: int
    operations: Sequence[operation_pb2.Operation]
    names: Mapping[str, str]
    """What the request calls fields of the edit."""
    digest: bytes = b""
    """Of the files that came along."""


@dataclass(frozen=True, slots=True)
class Shorthands:
    """Makes edits of requests."""

    reception: media.Reception
    urls: media.Urls
    slots: int

    async def make(
        self,
        call: Call,
        request: Any,  # noqa: ANN401  (any of the requests)
        wanted: Wanted,
        answer: type[_Answer],
    ) -> _Answer:
        """Ask for the edit, wait for it unless it was asked not to, and say what came of it."""
        edit_id = await self._ask(call, request, wanted)
        if request.wait or not request.HasField("wait"):
            await self._wait(call, edit_id)
        async with call.db.reading() as tx:
            row = await edits.shown(tx, call.caller, edit_id)
        return _answered(answer, messages.edit(row, self.urls, self.slots))

    async def _ask(self, call: Call, request: Any, wanted: Wanted) -> int:  # noqa: ANN401
        whole = pb2.CreateEditRequest(media_id=wanted.media_id, operations=wanted.operations)
        try:
            # What a form or JSON says was not checked yet.
            validation.check(request, request.SerializeToString())
            validation.check(whole, whole.SerializeToString())
            steps = [plans.step(each) for each in wanted.operations]
            asked = Asked(wanted.media_id, steps, plans.output(whole.output), plans.packed(whole))

            key = _key(call, request, wanted)
            await edits.judge(call.db, call.caller, asked)

            async def create(tx: Tx) -> int:
                known = await idempotency.claim(tx, key) if key is not None else None
                if isinstance(known, bytes):
                    return edit_pb2.Edit.FromString(known).edit_id
                edit_id = await edits.create(tx, call.caller, asked, jobs.enqueue)
                if key is not None:
                    await idempotency.settle(tx, key, edit_pb2.Edit(edit_id=edit_id).SerializeToString())
                return edit_id

            return await call.db.transact(create)
        except Invalid as refusal:
            if not refusal.violations:
                raise
            raise _renamed(refusal, wanted.names) from None

    async def _wait(self, call: Call, edit_id: int) -> None:
        assert call.db.bus is not None, "a server hears of jobs by it"
        async with call.db.reading() as tx:
            row = await edits.shown(tx, call.caller, edit_id)
        await kit_jobs.wait(call.db, call.db.bus, row["job_id"], PATIENCE)


def _key(call: Call, request: Any, wanted: Wanted) -> Key | None:  # noqa: ANN401
    """What tells a second try of this call from another edit; raises Invalid for an id that is no UUID.

    Files that came along are other files at each try: their bytes must be equal, not their ids.
    """
    given = call.metadata.get("idempotency-key", "")
    if not given:
        return None
    body = type(request)()
    body.CopyFrom(request)
    body.body.data = wanted.digest
    try:
        return Key.of(call.caller.user_id, call.method, given, body, kept_for_ever=False)
    except ValueError:
        raise Invalid.of("idempotency-key", "must be a UUID", "string.uuid") from None


def _renamed(refusal: Invalid, names: Mapping[str, str]) -> Invalid:
    """The same refusal with fields as the caller calls them."""

    def renamed(field: str) -> str:
        for ours, theirs in names.items():
            if field.startswith(ours):
                return theirs + field.removeprefix(ours)
        return field

    violations = [Violation(renamed(each.field), each.description, each.rule) for each in refusal.violations]
    return Invalid(refusal.reason, violations=violations)


def _answered(answer: type[_Answer], edit: edit_pb2.Edit) -> _Answer:
    progress = edit.progress
    reply: _Answer = answer(job_id=edit.edit_id, state=progress.state)
    if progress.state == edit_pb2.EDIT_STATE_QUEUED:
        # Whoever waits for an answer need not know that it has not begun.
        reply.state = edit_pb2.EDIT_STATE_RUNNING
    if progress.HasField("result"):
        made = progress.result
        reply.media_id, reply.url, reply.path = made.media_id, made.url, made.file_path
        reply.filename, reply.duration = made.filename, made.duration_ms / 1000
    if progress.HasField("error"):
        reply.error.CopyFrom(progress.error)
    return reply
