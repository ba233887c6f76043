"""A store that speaks S3: Amazon's own, or a compatible one.

What is written arrives in parts of 8 MiB and appears when the last one is there; what is less than one is put at once.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.media.s3_client import S3Access, S3Client
from cnt_grpc.media.s3_writer import CACHED, S3Writer
from cnt_grpc.media.storage import PART, PIECE, Draft, Stored, Written, is_key

__all__ = ["S3Access", "S3Storage"]

_MOST_DELETED: Final = 1000
"""Keys that one DeleteObjects may name."""
_AHEAD: Final = 1
"""Parts that are on their way while one is read; each is held in memory."""
_PART: Final = ("PartNumber", "ETag")
"""What the store must be told of each part that it joins."""
_MOST_COPIED: Final = 1024**3
"""Bytes that the store is asked to copy at once; the S3 API allows five times as many, and takes its time."""


class S3Storage:
    """Objects in one bucket, which nobody else writes to."""

    def __init__(self, access: S3Access) -> None:
        self._client = S3Client(access)
        self.call = self._client.call

    @asynccontextmanager
    async def create(self, key: str, content_type: str) -> AsyncIterator[S3Writer]:
        """See Storage."""
        writer = S3Writer(self, _checked(key), content_type)
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
        """See Storage. Each part is a request of its own, and the next one is on its way while one is read.

        No connection waits for a slow reader, and a film of 5 GB takes as long as the network needs for it.
        """
        size = await self._size(key)
        end = size if end is None else min(end, size)
        bounds = [(at, min(at + PART, end)) for at in range(start, end, PART)]
        coming: deque[asyncio.Task[bytes]] = deque()
        try:
            for number in range(len(bounds)):
                for ahead in bounds[number + len(coming) : number + 1 + _AHEAD]:
                    coming.append(asyncio.ensure_future(self._range(key, *ahead)))
                part = memoryview(await coming.popleft())
                for at in range(0, len(part), PIECE):
                    yield bytes(part[at : at + PIECE])
        finally:
            for each in coming:
                each.cancel()
            await asyncio.gather(*coming, return_exceptions=True)

    async def fetch(self, key: str, file: Path) -> None:
        """See Storage."""
        size = await self._size(key)
        with await asyncio.to_thread(file.open, "xb") as opened:
            for start in range(0, size, PART):
                part = await self._range(key, start, min(start + PART, size))
                await asyncio.to_thread(opened.write, part)

    async def copy(self, source: str, target: str) -> None:
        """See Storage."""
        size, origin = await self._size(source), {"Bucket": self._client.bucket, "Key": source}
        if size <= _MOST_COPIED:
            await self.call("copy_object", Key=_checked(target), CopySource=origin)
            return
        found = await self.call("head_object", Key=source)
        draft = await self.begin(target, found["ContentType"], size)
        try:
            for number, start in enumerate(range(0, size, _MOST_COPIED), 1):
                part = {"CopySourceRange": f"bytes={start}-{min(start + _MOST_COPIED, size) - 1}", "CopySource": origin}
                await self.call("upload_part_copy", Key=target, UploadId=draft.ticket, PartNumber=number, **part)
            await self.join(draft)
        except FileNotFoundError:
            # Either of the two may be gone; only of the source it is told as such.
            await self._size(source)
            raise OSError(f"what had been copied of {source} is gone") from None
        except BaseException:
            with contextlib.suppress(Unavailable, OSError):
                await asyncio.shield(self.drop(draft))
            raise

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

    async def sweep(self, older_than: timedelta, keep: Collection[str] = ()) -> int:
        """See Storage: uploads in parts that nobody finished."""
        before, removed = clock.now() - older_than, 0
        more: dict[str, str] = {}
        while True:
            page = await self.call("list_multipart_uploads", **more)
            for each in page.get("Uploads", ()):
                if each["Initiated"] < before and each["UploadId"] not in keep:
                    await self.drop(Draft(each["Key"], each["UploadId"], 0))
                    removed += 1
            if not page.get("IsTruncated"):
                return removed
            more = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}

    async def begin(self, key: str, content_type: str, size: int) -> Draft:
        """See Storage."""
        answer = await self.call(
            "create_multipart_upload", Key=_checked(key), ContentType=content_type, CacheControl=CACHED
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
        there = await self._parts(draft)
        size, parts = sum(each["Size"] for each in there), [{name: each[name] for name in _PART} for each in there]
        try:
            await self.call(
                "complete_multipart_upload", Key=draft.key, UploadId=draft.ticket, MultipartUpload={"Parts": parts}
            )
        except FileNotFoundError:
            # The parts were there a moment ago: it was asked again, and has joined them the first time.
            joined = await self.stat(draft.key)
            if joined is None or joined.size != size:
                raise

    async def drop(self, draft: Draft) -> None:
        """See Storage."""
        with contextlib.suppress(FileNotFoundError):
            await self.call("abort_multipart_upload", Key=draft.key, UploadId=draft.ticket)

    def part_url(self, draft: Draft, number: int, seconds: int) -> str | None:
        """See Storage. Computed here; the store is not asked."""
        given = {"Key": draft.key, "UploadId": draft.ticket, "PartNumber": number}
        return self._client.presigned("upload_part", seconds, **given)

    def key_of_url(self, address: str) -> str:
        """See Storage."""
        return self._client.key_of_url(address)

    def signed_url(self, key: str, seconds: int) -> str | None:
        """See Storage. Computed here; the store is not asked."""
        return self._client.presigned("get_object", seconds, Key=_checked(key))

    def close(self) -> None:
        """See Storage."""
        self._client.close()

    async def _range(self, key: str, start: int, end: int) -> bytes:
        def get(client: Any) -> bytes:  # noqa: ANN401  (boto3 has no types)
            answer = client.get_object(Bucket=self._client.bucket, Key=key, Range=f"bytes={start}-{end - 1}")
            data: bytes = answer["Body"].read()
            return data

        data: bytes = await self._client.run(get)
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


def _checked(key: str) -> str:
    if not is_key(key):
        raise ValueError(f"no key: {key!r}")
    return key
