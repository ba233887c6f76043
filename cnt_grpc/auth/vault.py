"""Files that one person alone may fetch: auth knows whose, the media room knows where; the plug board joins the two."""

from pathlib import Path
from typing import Protocol

from cnt_grpc.kit.db import Database, Tx


class Vault(Protocol):
    """What auth needs of whoever keeps files."""

    async def keep(self, db: Database, user_id: int, file: Path) -> str:
        """Store a copy of a JSON file in private; the name by which it is known from then on. Never in a transaction.

        Unless it is held within a day it goes again, as when we die in between.
        """
        ...

    async def hold(self, tx: Tx, kept: str) -> None:
        """The file is needed until it is dropped."""
        ...

    def url(self, kept: str) -> str:
        """Where whoever gets this address can fetch the file within the next minutes."""
        ...

    async def drop(self, tx: Tx, kept: str) -> None:
        """The file is needed no more; it goes soon after this transaction is committed."""
        ...
