"""The background door that has Google forget what somebody had agreed to."""

from datetime import timedelta
from typing import Final

from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job
from cnt_grpc.pb.cnt.admin.v1.jobs_pb2 import RevokeDrive

REVOKE: Final = Job("admin.revoke_drive", RevokeDrive, attempts=12, timeout=timedelta(minutes=1), limit=2)
"""Have Google forget a consent. Its pauses double up to five minutes: Google may be away for half an hour."""


async def enqueue_revoke(tx: Tx, refresh_token: str, email: str) -> None:
    """Have the consent of this account of Google's given back after this transaction commits."""
    await jobs.enqueue(tx, REVOKE, RevokeDrive(refresh_token=refresh_token, email=email))
