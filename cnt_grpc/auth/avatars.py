"""Pictures of people: auth knows whose, the media room knows where; the plug board joins the two."""

from typing import Protocol

from cnt_grpc.kit.db import Database, Tx


class Avatars(Protocol):
    """What auth needs of whoever keeps the pictures."""

    def url(self, avatar_key: str) -> str:
        """Where the picture with this key can be loaded."""
        ...

    async def let_go(self, tx: Tx, user_id: int) -> None:
        """The person takes their picture away: its file is used no more. Nothing happens when there is none."""
        ...

    async def take(self, db: Database, user_id: int, picture: bytes) -> None:
        """Make these bytes the person's picture, unless they are none. Never in a transaction."""
        ...
