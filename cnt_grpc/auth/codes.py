"""Codes of six digits that are sent by mail: made, compared, and never kept as they are."""

import hmac
import secrets
from enum import StrEnum

from cnt_grpc.kit import seal

DIGITS = 6

_KEY = "auth.codes"


class CodePurpose(StrEnum):
    """What a code is good for."""

    REGISTER = "register"
    LOGIN = "login"
    RESET = "reset"
    VERIFY_EMAIL = "verify_email"
    CONFIRM = "confirm"


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def hash_of(email: str, purpose: CodePurpose, code: str) -> bytes:
    """What is stored of a code: signed with our secret, since a million codes are soon tried, for one address alone."""
    return seal.sign(_KEY, f"{purpose}:{email}:{code}".encode())


def is_code(email: str, purpose: CodePurpose, typed: str, stored: bytes) -> bool:
    """Whether this is the code; spaces and hyphens that somebody typed between the digits do not matter."""
    return hmac.compare_digest(hash_of(email, purpose, typed.replace(" ", "").replace("-", "")), stored)
