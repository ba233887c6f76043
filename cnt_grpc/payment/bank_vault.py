"""Seals bank details with BANK_KEYS, each field for one person and one column (AES-256-GCM)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cnt_grpc.kit.errors import Precondition
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

_NONCE: Final = 12


class AlteredError(RuntimeError):
    """What is stored was not sealed for this person and field: a row was tampered with, or mixed up."""


@dataclass(frozen=True, slots=True)
class BankVault:
    """The keys by id, newest first; without one nothing is kept."""

    keys: Mapping[str, bytes]

    @property
    def newest(self) -> str:
        """The id of the key that seals. Raises Precondition when there is none."""
        for key_id in self.keys:
            return key_id
        raise Precondition(Reason.BANK_KEYS_NOT_CONFIGURED, "BANK_KEYS is not set", setting="BANK_KEYS")

    def seal(self, user_id: int, fields: Mapping[str, str]) -> dict[str, bytes]:
        """Each field, sealed with the newest key."""
        cipher = AESGCM(self.keys[self.newest])
        sealed = {}
        for name, value in fields.items():
            nonce = os.urandom(_NONCE)
            sealed[name] = nonce + cipher.encrypt(nonce, value.encode(), _bound_to(user_id, name))
        return sealed

    def unseal(self, user_id: int, key_id: str, fields: Mapping[str, bytes]) -> dict[str, str]:
        """Each field in the clear. Raises AlteredError, and Precondition when the key is not there."""
        if key_id not in self.keys:
            raise Precondition(Reason.BANK_KEYS_NOT_CONFIGURED, f"BANK_KEYS has no key {key_id}", setting="BANK_KEYS")
        cipher = AESGCM(self.keys[key_id])
        try:
            return {
                name: cipher.decrypt(value[:_NONCE], value[_NONCE:], _bound_to(user_id, name)).decode()
                for name, value in fields.items()
            }
        except InvalidTag:
            raise AlteredError from None


def _bound_to(user_id: int, field: str) -> bytes:
    return f"bank:{user_id}:{field}".encode()
