"""Values as SQL text, for the few statements that travel with BEGIN or COMMIT, where Postgres takes no parameters."""

import re
from datetime import datetime
from uuid import UUID

_PLAIN = re.compile(r"[A-Za-z0-9_./ *-]{0,8000}")
"""Names of ours and numbers: what somebody outside wrote never comes here, and nothing here needs escaping."""


def literal(value: str | bytes | UUID | datetime | None) -> str:
    """The value as SQL; raises ValueError for a text that is not made of names and numbers."""
    match value:
        case None:
            return "NULL"
        case bytes():
            return f"'\\x{value.hex()}'"
        case UUID():
            return f"'{value}'"
        case datetime():
            return f"'{value.isoformat()}'"
    if not _PLAIN.fullmatch(value):
        raise ValueError("only names and numbers may become SQL text")
    return f"'{value}'"
