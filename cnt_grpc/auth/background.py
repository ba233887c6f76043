"""What the worker does for the auth room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cnt_grpc.auth import jobs
from cnt_grpc.auth.avatars import Avatars
from cnt_grpc.auth.google import Google
from cnt_grpc.auth.personal_data import Holder
from cnt_grpc.auth.queries import accounts
from cnt_grpc.auth.queries import exports as export_queries
from cnt_grpc.auth.rules import deletion, exporting, forgetting
from cnt_grpc.auth.vault import Vault
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.pb.cnt.auth.v1 import code_pb2
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import CopyPicture, DeliverCode, EraseDue, ErasePerson, ExportPerson, ForgetOld

_GATHERED = 80
"""Percent of an export that are done when everything is gathered and only the file is to be stored."""


@dataclass(frozen=True, slots=True)
class AuthJobs:
    """The jobs, with what they need of others."""

    google: Google
    avatars: Avatars
    vault: Vault
    holders: Sequence[Holder]
    """Every room that holds something about people, in the order of rooms."""

    @property
    def handlers(self) -> Mapping[Job[Any], Handler]:
        """By job."""
        return {
            jobs.DELIVER_CODE: self.deliver_code,
            jobs.COPY_PICTURE: self.copy_picture,
            jobs.ERASE_DUE: self.erase_due,
            jobs.ERASE_PERSON: self.erase_person,
            jobs.EXPORT_PERSON: self.export_person,
            jobs.FORGET_OLD: self.forget_old,
        }

    async def deliver_code(self, payload: DeliverCode, run: Run) -> None:
        """Have a code mailed if it can be of use to whoever has the address, and otherwise do nothing."""
        async with run.finish() as tx:
            if payload.expires_at.ToDatetime(tzinfo=UTC) <= clock.now():
                return
            person = await accounts.account_by_email(tx, payload.email)
            if person is None:
                if payload.purpose == code_pb2.CODE_PURPOSE_REGISTER:
                    await jobs.send_code(tx, payload, payload.email, user_id=0, language="")
                return
            if payload.purpose == code_pb2.CODE_PURPOSE_VERIFY_EMAIL and person["email_verified_at"] is not None:
                return
            await jobs.send_code(tx, payload, person["email"], user_id=person["id"], language=person["language"])

    async def copy_picture(self, payload: CopyPicture, run: Run) -> None:
        """Copy somebody's picture from Google, unless they have one by now."""
        async with run.db.reading() as tx:
            profile = await accounts.own_profile(tx, payload.user_id)
        if profile["avatar_key"] is not None:
            return
        picture = await self.google.picture(payload.url)
        if picture is not None:
            await self.avatars.take(run.db, payload.user_id, picture)

    async def erase_due(self, _: EraseDue, run: Run) -> None:
        """Start the erasure of those whose time to change their mind is over."""
        async with run.finish() as tx:
            await deletion.start_due(tx)

    async def erase_person(self, payload: ErasePerson, run: Run) -> None:
        """Erase somebody from every room, whole or not at all."""
        async with run.finish() as tx:
            await deletion.erase(tx, self.holders, self.avatars, self.vault, payload.user_id)

    async def export_person(self, payload: ExportPerson, run: Run) -> None:
        """Gather what every room holds, as of one moment, and keep the file."""
        with TemporaryDirectory(prefix="cnt-export-") as folder:
            file = Path(folder) / "export.json"
            async with run.db.snapshot() as snapshot:
                await exporting.gather(snapshot, self.holders, payload.user_id, file)
            await run.progress(_GATHERED)
            size = file.stat().st_size
            kept = await self.vault.keep(run.db, payload.user_id, file)
        async with run.finish() as tx:
            now = clock.now()
            if await export_queries.set_ready(tx, payload.user_id, run.job_id, file=kept, size=size, now=now):
                await self.vault.hold(tx, kept)

    async def forget_old(self, _: ForgetOld, run: Run) -> None:
        """Drop what is past its time, a bounded number a transaction, until nothing is."""

        async def drop(tx: Tx) -> int:
            return await forgetting.forget_old(tx) + await exporting.drop_old(tx, self.vault)

        rows = 1
        while rows and not run.cancelled.is_set():
            rows = await run.db.transact(drop)


PERIODIC: Sequence[Periodic] = (
    Periodic("27 * * * *", jobs.FORGET_OLD, ForgetOld()),
    Periodic("47 * * * *", jobs.ERASE_DUE, EraseDue()),
)
