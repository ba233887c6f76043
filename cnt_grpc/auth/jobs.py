"""Jobs of the auth room: what they are, and how the rules have them done."""

from datetime import datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc.auth.codes import CodePurpose
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job
from cnt_grpc.pb.cnt.auth.v1 import code_pb2
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import (
    CopyPicture,
    DeliverCode,
    EraseDue,
    ErasePerson,
    ExportPerson,
    ForgetOld,
    IndexPerson,
    SendCode,
    TellSecurityEvent,
)

TELL_SECURITY_EVENT = Job("auth.tell_security_event", TellSecurityEvent)
"""Tell someone, in the app and by mail, what befell their account. The notification room, which lies above, does it."""

INDEX_PERSON = Job("auth.index_person", IndexPerson)
"""Let people find somebody by what they are called now. The search room, which lies above, does it."""

DELIVER_CODE = Job("auth.deliver_code", DeliverCode, attempts=10)
"""Find out who shall get a code. Not in the call that asks for one: its time would tell who has an account."""

SEND_CODE = Job("auth.send_code", SendCode, attempts=10)
"""Mail a code. The notification room, which lies above, does it."""

COPY_PICTURE = Job("auth.copy_picture", CopyPicture, attempts=3, timeout=timedelta(minutes=2), limit=4)
"""Copy the picture of somebody who came by Google."""

ERASE_DUE = Job("auth.erase_due", EraseDue, attempts=3, timeout=timedelta(minutes=10), limit=1)
"""Start the erasure of those whose time to change their mind is over."""

ERASE_PERSON = Job("auth.erase_person", ErasePerson, attempts=10, timeout=timedelta(minutes=10), limit=2)
"""Erase what names a person, in every room."""

EXPORT_PERSON = Job("auth.export_person", ExportPerson, attempts=3, timeout=timedelta(minutes=30), limit=2)
"""Gather everything that is held about a person."""

FORGET_OLD = Job("auth.forget_old", ForgetOld, attempts=3, timeout=timedelta(minutes=30), limit=1)
"""Drop what is past its time."""

PURPOSES = {purpose: code_pb2.CodePurpose.Value(f"CODE_PURPOSE_{purpose.name}") for purpose in CodePurpose}
"""What each purpose is in messages."""


async def tell_security_event(tx: Tx, event_id: int, user_id: int) -> None:
    """Have the person told as soon as this transaction is committed."""
    payload = TellSecurityEvent(security_event_id=event_id, user_id=user_id)
    await jobs.enqueue(tx, TELL_SECURITY_EVENT, payload, owner=user_id, dedupe=f"security_event:{event_id}")


async def index_person(tx: Tx, user_id: int) -> None:
    """Have the person found by what they are called from this transaction on."""
    await jobs.enqueue(tx, INDEX_PERSON, IndexPerson(user_id=user_id), dedupe=f"user:{user_id}")


async def deliver_code(tx: Tx, email: str, purpose: CodePurpose, code: str, expires_at: datetime) -> None:
    """Have a code sent, if anybody is to get it."""
    until = Timestamp()
    until.FromDatetime(expires_at)
    payload = DeliverCode(email=email, purpose=PURPOSES[purpose], code=code, expires_at=until)
    # Somebody sits in front of a field for the code.
    await jobs.enqueue(tx, DELIVER_CODE, payload, priority=1)


async def send_code(tx: Tx, payload: DeliverCode, email: str, *, user_id: int, language: str) -> None:
    """Have a code mailed to this address."""
    mail = SendCode(
        email=email, purpose=payload.purpose, code=payload.code, expires_at=payload.expires_at, language=language
    )
    await jobs.enqueue(tx, SEND_CODE, mail, owner=user_id, priority=1)


async def copy_picture(tx: Tx, user_id: int, url: str) -> None:
    """Have a picture copied that Google shows."""
    await jobs.enqueue(tx, COPY_PICTURE, CopyPicture(user_id=user_id, url=url), owner=user_id)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Have a person erased."""
    await jobs.enqueue(tx, ERASE_PERSON, ErasePerson(user_id=user_id), dedupe=f"user:{user_id}")


async def export_person(tx: Tx, user_id: int) -> int:
    """Have an export made; the job's id."""
    return await jobs.enqueue(tx, EXPORT_PERSON, ExportPerson(user_id=user_id), owner=user_id)
