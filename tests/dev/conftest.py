"""Fixtures for tests of the launcher and the settings."""

from pathlib import Path

import pytest

from cnt_grpc.settings import Settings


@pytest.fixture
def without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor the .env of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name, info in Settings.model_fields.items():
        for known in (name.upper(), *getattr(info.validation_alias, "choices", ())):
            monkeypatch.delenv(known, raising=False)
