"""A store that speaks S3: Amazon's own, or a compatible one.

boto3 works in threads of the store's own. What is written arrives in parts of 8 MiB and appears when the last one is
there; what fits into one part is put at once. Every call has a time-out, a few tries with jitter, and rests when the
store keeps failing.
"""

import asyncio
import contextlib
import hashlib
import io
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004  (its names)

from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import Party
from cnt_grpc.media.storage import PART, PIECE, Draft, Stored, Written, is_key
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.media.v1.reason import Reason

_THREADS: Final = 16
_TRIES: Final = 4
_MOST_DELETED: Final = 1000
"""Keys that one DeleteObjects may name."""
_CACHED: Final = "max-age=3600"
"""An object never changes under its key, but it may be withdrawn."""

_GONE: Final = {"NoSuchKey", "404", "NoSuchUpload", "NotFound"}
_FULL: Final = {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507"}


@dataclass(frozen=True, slots=True)
class S3Access:
    """Where the store is, and how to get in."""

    bucket: str
    region: str = "us-east-1"
    endpoint: str = ""
    """"" for Amazon's own."""
    key_id: str = ""
    """"" for boto3's own search: instance role, profile."""
    secret: str = field(default="", repr=False)
    timeout: float = 30.0
    """Seconds for one try of one call."""


class S3Storage:
    """Objects in one bucket, which nobody else writes to."""

    def __init__(self, access: S3Access) -> None:
        self._bucket = access.bucket
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="s3")
        self._party = Party("s3", access.timeout * (_TRIES + 1))
        self._client: Any = boto3.client(
            "s3",
            region_name=access.region,
            endpoint_url=access.endpoint or None,
            aws_access_key_id=access.key_id or None,
            aws_secret_access_key=access.secret or None,
            config=Config(
                signature_version="s3v4",
                connect_timeout=min(access.timeout, 5),
                read_timeout=access.timeout,
                retries={"total_max_attempts": _TRIES, "mode": "standard"},
                max_pool_connections=_THREADS,
                # Compatible stores know no trailing checksums; SHA-256 is ours anyway.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path" if access.endpoint else "auto"},
            ),
        )

    @asynccontextmanager
    async def create(self, key: str, content_type: str) -> AsyncIterator["_S3Writer"]:
        """See Storage."""
        writer = _S3Writer(self, _checked(key), content_type)
        try:
            yield writer
        finally:
            # Parts must not outlive their writer, however the call ends; a store that is away is left to the sweep.
            await asyncio.shield(asyncio.ensure_future(writer.close()))

    async def put(self, key: str, file: Path, content_type: str) -> Written:
        """See Storage."""
        async with self.create(key, content_type) as writer:
            with await asyncio.to_thread(file.open, "rb") as opened:
                while piece := await asyncio.to_thread(opened.read, PIECE):
                    await writer.write(piece)
            return await writer.commit()

    async def stat(self, key: str) -> Stored | None:
        """See Storage."""
        try:
            found = await self.call("head_object", Key=_checked(key))
        except FileNotFoundError:
            return None
        return Stored(key, found["ContentLength"], found["LastModified"])

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See Storage. Each piece is a request of its own: no connection waits for a slow reader."""
        size = await self._size(key)
        end = size if end is None else min(end, size)
        while start < end:
            piece = await self._range(key, start, min(start + PIECE, end))
            start += len(piece)
            yield piece

    async def fetch(self, key: str, file: Path) -> None:
        """See Storage."""
        size = await self._size(key)
        with await asyncio.to_thread(file.open, "xb") as opened:
            for start in range(0, size, PART):
                part = await self._range(key, start, min(start + PART, size))
                await asyncio.to_thread(opened.write, part)

    async def delete(self, *keys: str) -> None:
        """See Storage."""
        for at in range(0, len(keys), _MOST_DELETED):
            named = [{"Key": _checked(key)} for key in keys[at : at + _MOST_DELETED]]
            answer = await self.call("delete_objects", Delete={"Objects": named, "Quiet": True})
            if answer.get("Errors"):
                raise OSError(f"{len(answer['Errors'])} objects were not deleted: {answer['Errors'][0].get('Code')}")

    async def objects(self, prefix: str = "") -> AsyncIterator[Stored]:
        """See Storage."""
        more: dict[str, str] = {}
        while True:
            page = await self.call("list_objects_v2", Prefix=prefix, **more)
            for each in page.get("Contents", ()):
                if is_key(each["Key"]):
                    yield Stored(each["Key"], each["Size"], each["LastModified"])
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    async def sweep(self, older_than: timedelta) -> int:
        """See Storage: uploads in parts that nobody finished."""
        before, removed = clock.now() - older_than, 0
        more: dict[str, str] = {}
        while True:
            page = await self.call("list_multipart_uploads", **more)
            for each in page.get("Uploads", ()):
                if each["Initiated"] < before:
                    await self.drop(Draft(each["Key"], each["UploadId"], 0))
                    removed += 1
            if not page.get("IsTruncated"):
                return removed
            more = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}

    async def begin(self, key: str, content_type: str, size: int) -> Draft:
        """See Storage."""
        answer = await self.call(
            "create_multipart_upload", Key=_checked(key), ContentType=content_type, CacheControl=_CACHED
        )
        return Draft(key, answer["UploadId"], size)

    async def put_part(self, draft: Draft, number: int, data: bytes) -> None:
        """See Storage."""
        await self.call("upload_part", Key=draft.key, UploadId=draft.ticket, PartNumber=number, Body=data)

    async def arrived(self, draft: Draft) -> int:
        """See Storage. Clients put parts directly: one of a wrong size does not count, nor does what follows it."""
        size = 0
        try:
            parts = await self._parts(draft)
        except FileNotFoundError:
            return 0
        for number, part in enumerate(parts, 1):
            if part["PartNumber"] != number or part["Size"] != min(PART, draft.size - size):
                break
            size += part["Size"]
        return size

    async def join(self, draft: Draft) -> None:
        """See Storage."""
        parts = [{"PartNumber": each["PartNumber"], "ETag": each["ETag"]} for each in await self._parts(draft)]
        await self.call(
            "complete_multipart_upload", Key=draft.key, UploadId=draft.ticket, MultipartUpload={"Parts": parts}
        )

    async def drop(self, draft: Draft) -> None:
        """See Storage."""
        with contextlib.suppress(FileNotFoundError):
            await self.call("abort_multipart_upload", Key=draft.key, UploadId=draft.ticket)

    def part_url(self, draft: Draft, number: int, seconds: int) -> str | None:
        """See Storage. Computed here; the store is not asked."""
        given = {"Bucket": self._bucket, "Key": draft.key, "UploadId": draft.ticket, "PartNumber": number}
        url: str = self._client.generate_presigned_url("upload_part", Params=given, ExpiresIn=seconds)
        return url

    def signed_url(self, key: str, seconds: int) -> str | None:
        """See Storage. Computed here; the store is not asked."""
        given = {"Bucket": self._bucket, "Key": _checked(key)}
        url: str = self._client.generate_presigned_url("get_object", Params=given, ExpiresIn=seconds)
        return url

    def close(self) -> None:
        """See Storage."""
        self._threads.shutdown()
        self._client.close()

    async def call(self, operation: str, **given: object) -> Any:  # noqa: ANN401  (boto3 has no types)
        """One call to the store.

        Raises FileNotFoundError for what is not there, Unavailable when it is away or full, OSError for what else it
        refuses.
        """
        return await self._run(lambda: getattr(self._client, operation)(Bucket=self._bucket, **given))

    async def _range(self, key: str, start: int, end: int) -> bytes:
        def get() -> bytes:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={start}-{end - 1}")
            data: bytes = answer["Body"].read()
            return data

        data: bytes = await self._run(get)
        if len(data) != end - start:
            raise OSError(f"the store gave {len(data)} bytes of {key}, {end - start} were asked for")
        return data

    async def _size(self, key: str) -> int:
        found = await self.stat(key)
        if found is None:
            raise FileNotFoundError(key)
        return found.size

    async def _parts(self, draft: Draft) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = []
        more: dict[str, int] = {}
        while True:
            page = await self.call("list_parts", Key=draft.key, UploadId=draft.ticket, **more)
            parts += page.get("Parts", ())
            if not page.get("IsTruncated"):
                return parts
            more = {"PartNumberMarker": page["NextPartNumberMarker"]}

    async def _run(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401  (boto3 has no types)
        refusal = None
        async with self._party.call():
            try:
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
            except ClientError as error:
                refusal = error
            except (ConnectionError, HTTPClientError) as error:
                # To the guard these are what a broken connection is.
                raise OSError(str(error)) from error
            except BotoCoreError as error:
                refusal = error
        raise self._refused(refusal) from refusal

    def _refused(self, refusal: Exception) -> Exception:
        answer: dict[str, Any] = getattr(refusal, "response", {})
        code = str(answer.get("Error", {}).get("Code", ""))
        if code in _GONE:
            return FileNotFoundError(code)
        if code in _FULL:
            return Unavailable(Reason.STORAGE_FULL)
        if answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500 or code == "SlowDown":  # noqa: PLR2004
            self._party.failed()
            return Unavailable(CommonReason.PARTY_UNAVAILABLE, "s3 does not answer", party="s3")
        return OSError(f"the store refused: {code or type(refusal).__name__}")


class _S3Writer:
    """One object on its way in. One part is sent while the next one is received."""

    def __init__(self, storage: S3Storage, key: str, content_type: str) -> None:
        self._storage = storage
        self._key = key
        self._content_type = content_type
        self._held = io.BytesIO()
        self._hash = hashlib.sha256()
        self._size = 0
        self._draft: asyncio.Task[Draft] | None = None
        self._sending: asyncio.Task[None] | None = None
        self._number = 0

    async def write(self, piece: bytes) -> None:
        """See Writer."""
        self._hash.update(piece)
        self._size += len(piece)
        self._held.write(piece)
        while self._held.tell() >= PART:
            data = self._held.getvalue()
            await self._send(data[:PART])
            self._held = io.BytesIO()
            self._held.write(data[PART:])

    async def commit(self) -> Written:
        """See Writer."""
        rest = self._held.getvalue()
        if self._draft is None:
            await self._storage.call(
                "put_object", Key=self._key, Body=rest, ContentType=self._content_type, CacheControl=_CACHED
            )
        else:
            if rest:
                await self._send(rest)
            await self._sent()
            await self._storage.join(await self._draft)
            self._draft = None
        return Written(self._size, self._hash.digest())

    async def close(self) -> None:
        """Drop what was sent, unless it was committed."""
        for task in (self._sending, self._draft):
            if task is not None and not task.done():
                await asyncio.wait([task])
        if self._sending is not None and not self._sending.cancelled():
            self._sending.exception()  # told to whoever wrote, or to nobody who waits any more
        if self._draft is not None and not self._draft.cancelled() and self._draft.exception() is None:
            with contextlib.suppress(Unavailable, OSError):
                await self._storage.drop(self._draft.result())

    async def _send(self, data: bytes) -> None:
        if self._draft is None:
            # A task, so that `close` knows of it even if the call is cancelled before the store has answered.
            begin = self._storage.begin(self._key, self._content_type, 0)
            self._draft = asyncio.ensure_future(begin)
        draft = await asyncio.shield(self._draft)
        await self._sent()
        self._number += 1
        self._sending = asyncio.ensure_future(self._storage.put_part(draft, self._number, data))

    async def _sent(self) -> None:
        if self._sending is not None:
            await asyncio.shield(self._sending)
            self._sending = None


def _checked(key: str) -> str:
    if not is_key(key):
        raise ValueError(f"no key: {key!r}")
    return key
