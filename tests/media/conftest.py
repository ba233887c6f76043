"""What several files of tests on media share."""

from collections.abc import Iterator

import pytest

from tests.media import s3_server


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """An S3-compatible server over HTTP."""
    with s3_server.running() as url:
        yield url


@pytest.fixture(scope="session")
def real_s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One that people run."""
    with s3_server.real(tmp_path_factory.mktemp("s3")) as url:
        yield url
