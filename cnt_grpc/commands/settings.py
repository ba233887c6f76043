"""Shows the settings: what they are now, as the table of README, and as `.env.example`."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from cnt_grpc.settings import Settings


def values(settings: Settings) -> str:
    """Every setting with its value; of secrets only whether they are set."""
    width = max(map(len, Settings.model_fields))
    return "\n".join(f"{name.upper():<{width}}  {_plain(getattr(settings, name))}" for name in Settings.model_fields)


def markdown() -> str:
    """The table of README: name, default, meaning, what is missing without."""
    lines = []
    for name, info in Settings.model_fields.items():
        if section := _extra(info, "section"):
            lines += ["", f"**{section}**", "", "| setting | default | meaning | without it |", "|---|---|---|---|"]
        default = _plain(info.default)
        cells = (_names(name, info), f"`{default}`" if default else "", info.description or "", _extra(info, "without"))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines).strip() + "\n"


def env_example() -> str:
    """`.env.example`: every setting commented out, with its meaning."""
    return "\n".join(["# Copy to .env and set what you need; an empty value counts as absent.", *_env_lines()]) + "\n"


def _env_lines() -> Iterator[str]:
    for name, info in Settings.model_fields.items():
        if section := _extra(info, "section"):
            yield f"\n# ── {section} ──"
        without = _extra(info, "without")
        yield f"# {info.description}" + (f". Without: {without}" if without else "")
        yield f"#{name.upper()}={_plain(info.default)}"


def _names(name: str, info: FieldInfo) -> str:
    if not isinstance(info.validation_alias, AliasChoices):
        return f"`{name.upper()}`"
    first, *aliases = (f"`{choice}`" for choice in info.validation_alias.choices)
    return f"{first} ({', '.join(aliases)})"


def _extra(info: FieldInfo, key: str) -> str:
    extra = info.json_schema_extra
    return str(extra[key]) if isinstance(extra, dict) else ""


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Path | int | str):
        return str(value)
    return ""
