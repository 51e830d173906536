"""Verifiers of passwords and PINs: argon2id, never the password itself."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError


def verifier_of(password: str) -> str:
    """What is kept of a password."""
    return PasswordHasher().hash(password)


@cache
def nobody() -> str:
    """A verifier to check when the number is unknown, so that an answer takes as long as for a known one."""
    return verifier_of("nobody has this password")


def is_theirs(password_hash: str | None, password: str) -> bool:
    """Whether the password is that of this verifier; for an unknown number (None) it is not, and that takes as long."""
    other = nobody()  # made by whoever comes first, known or not
    return verified(password_hash if password_hash is not None else other, password)


def verified(password_hash: str, password: str) -> bool:
    """Whether the password is the one of this verifier."""
    try:
        return bool(PasswordHasher().verify(password_hash, password))
    except (Argon2Error, InvalidHashError):
        return False
