"""Calls to a store that speaks S3: boto3 in threads of its own, with time-outs, tries, and rests when it fails."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004  (its names)

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.outside import Party
from cnt_grpc.media.storage import is_key
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.media.v1.reason import Reason

_THREADS: Final = 16
_TRIES: Final = 4
_AMAZON: Final = ("s3.{region}.amazonaws.com", "s3.amazonaws.com")
"""Hosts of Amazon's own store."""
_ANY: Final = "any/key.bin"
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


class S3Client:
    """One bucket."""

    def __init__(self, access: S3Access) -> None:
        self.bucket = access.bucket
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
        self._bases = self._its_bases(access)

    async def call(self, operation: str, **given: object) -> Any:  # noqa: ANN401  (boto3 has no types)
        """One call to the store.

        Raises FileNotFoundError for what is not there, Unavailable when it is away or full, OSError for what else it
        refuses.
        """
        return await self.run(lambda client: getattr(client, operation)(Bucket=self.bucket, **given))

    async def run(self, work: Callable[[Any], Any]) -> Any:  # noqa: ANN401  (boto3 has no types)
        """Whatever needs more of boto3 than one call, such as reading a body; raises as `call` does."""
        refusal = None
        async with self._party.call():
            try:
                return await asyncio.get_running_loop().run_in_executor(self._threads, work, self._client)
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

    def presigned(self, operation: str, seconds: int, **given: object) -> str:
        """An address that does this for whoever has it; computed here, the store is not asked."""
        params = {"Bucket": self.bucket, **given}
        url: str = self._client.generate_presigned_url(operation, Params=params, ExpiresIn=seconds)
        return url

    def key_of_url(self, address: str) -> str:
        """The key in an address of this bucket, signed or not, whichever of the two styles it has; "" for others."""
        place = address.partition("?")[0]
        key = next((place.removeprefix(each) for each in self._bases if place.startswith(each)), "")
        return key if is_key(key) else ""

    def _its_bases(self, access: S3Access) -> tuple[str, ...]:
        """How addresses of the bucket begin: as we sign them, and as other programs write them."""
        signed = self.presigned("get_object", 1, Key=_ANY).partition("?")[0].removesuffix(_ANY)
        hosts = [urlsplit(access.endpoint)] if access.endpoint else []
        hosts += [urlsplit(f"https://{each}") for each in _AMAZON] if not access.endpoint else []
        named = [(each.scheme, each.netloc.format(region=access.region)) for each in hosts]
        paths = tuple(f"{scheme}://{host}/{self.bucket}/" for scheme, host in named)
        return (signed, *paths, *(f"{scheme}://{self.bucket}.{host}/" for scheme, host in named))

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown()
        self._client.close()
