"""Which programs `cnt-grpc dev` starts."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from cnt_grpc.dev import launch
from cnt_grpc.dev.console import Console
from cnt_grpc.settings import Settings


@pytest.mark.parametrize(
    ("lacks", "disabled", "starts"),
    [("", False, True), ("", True, False), ("The voice agent needs OPENAI_API_KEY.", False, False)],
)
async def test_the_voice_agent_starts_with_the_others_where_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, lacks: str, disabled: bool, starts: bool
) -> None:
    monkeypatch.setattr(launch, "voice_needs", lambda _: lacks)
    settings = Settings.model_construct(
        secret_key=SecretStr("x" * 40), cnt_state_dir=tmp_path, disable_voice_agent_auto_start=disabled
    )
    names = [each.name for each in launch.Tree(settings, 1, Console()).programs()]
    assert ("voice" in names) == starts
    assert "worker" in names
