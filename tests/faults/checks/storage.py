"""Storage: every row has its file with the bytes that were promised, and every file a row that knows it."""

import asyncio
import hashlib
from pathlib import Path

from cnt_grpc.kit.db.tables import metadata
from tests.faults.whole import Whole

# Whatever a room calls it: a column that names objects of the store ends so.
_ENDS = ("key", "file")


async def check(whole: Whole) -> None:
    """Both ways, sizes and hashes too."""
    async with whole.system.db.transaction() as tx:
        rows = await tx.raw("SELECT key, size, sha256 FROM media_objects")
        variants = await tx.raw("SELECT key, size, sha256 FROM media_variants")
        known: set[str] = set()
        for table, column in _columns():
            found = await tx.raw(f'SELECT "{column}" AS key FROM {table} WHERE "{column}" IS NOT NULL')  # noqa: S608
            known |= {str(row["key"]) for row in found}
    wrong, files = await asyncio.to_thread(_look, whole.media, [tuple(row) for row in (*rows, *variants)])
    assert not wrong, f"rows without their file: {wrong[:5]}"
    # What a killed upload leaves under .incoming is nobody's, and swept by its age.
    stray = [key for key in files if key not in known and not key.startswith(".incoming/")]
    assert not stray, f"files that no row knows: {stray[:5]}"


def _columns() -> list[tuple[str, str]]:
    return [
        (table.fullname, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith(_ENDS) and column.type.python_type is str
    ]


def _look(root: Path, rows: list[tuple[str, int, bytes]]) -> tuple[list[str], list[str]]:
    wrong = []
    for key, size, sha256 in rows:
        path = root / key
        if not path.exists():
            # Pictures of the platform, and rows that a test made without bytes, have the hash of nothing.
            if sha256 != b"\0" * 32:
                wrong.append(f"{key} is missing")
            continue
        data = path.read_bytes()
        if len(data) != size or hashlib.sha256(data).digest() != sha256:
            wrong.append(f"{key} has {len(data)} other bytes than the row says")
    files = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()] if root.exists() else []
    return wrong, files
