"""What we keep of a consent at Google: sealed for one person, so that a row that is copied opens for nobody else."""

import json
from datetime import datetime
from typing import Final

from cnt_grpc.admin.drive import Tokens
from cnt_grpc.kit import seal

_TOKENS: Final = "admin.drive-tokens"


def seal_tokens(tokens: Tokens, user_id: int) -> bytes:
    """Tokens as `drive_accounts` keeps them."""
    plain = {"access": tokens.access, "refresh": tokens.refresh, "ends_at": tokens.ends_at.isoformat()}
    return seal.seal(_TOKENS, json.dumps(plain).encode(), owner(user_id))


def open_tokens(sealed: bytes, user_id: int) -> Tokens | None:
    """None for what was sealed with another SECRET_KEY, or for somebody else."""
    plain = seal.unseal(_TOKENS, sealed, owner(user_id))
    if plain is None:
        return None
    told = json.loads(plain)
    return Tokens(told["access"], told["refresh"], datetime.fromisoformat(told["ends_at"]))


def owner(user_id: int) -> bytes:
    """To whom something is bound."""
    return str(user_id).encode()
