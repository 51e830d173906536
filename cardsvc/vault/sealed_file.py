"""The vault's file: named keys, encrypted as a whole, replaced as a whole.

AES-256-GCM under a key that scrypt makes from the passphrase. A new file is written beside the old one, synced, and
renamed over it; the old one stays beside it under a number, because a key that is lost is lost for good.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from cardsvc.vault.vault import VaultError

Content: TypeAlias = Mapping[str, bytes]
"""Raw keys by name: `card<version>.<key no>`, `signing`, `sealing`, `d1` ... `dz`, `blind`."""
BOUND = b"one-card vault v1"
PARTS = ("salt", "nonce", "sealed")


def create(path: Path, passphrase: str, content: Content, chance: Callable[[int], bytes]) -> None:
    """Keep keys in a new file. Raises VaultError when there is one."""
    if path.exists():
        raise VaultError(f"{path} exists: keys are never overwritten")
    path.parent.mkdir(parents=True, exist_ok=True)
    _put(path, _encrypted(passphrase, content, chance))


def replace(path: Path, passphrase: str, content: Content, chance: Callable[[int], bytes]) -> Path:
    """Keep keys in the place of an older file; returns where the older one stays. Raises VaultError."""
    read(path, passphrase)
    number = 1
    while (kept := path.with_name(f"{path.name}.{number}")).exists():
        number += 1
    _put(kept, path.read_bytes())
    _put(path, _encrypted(passphrase, content, chance))
    return kept


def copy(path: Path, passphrase: str, target: Path) -> None:
    """Copy the file as it is, and see that the copy opens. Raises VaultError when `target` exists."""
    read(path, passphrase)
    if target.exists():
        raise VaultError(f"{target} exists: a backup is never overwritten")
    if not target.parent.is_dir():
        raise VaultError(f"{target.parent} is not a folder")
    _put(target, path.read_bytes())
    read(target, passphrase)


def read(path: Path, passphrase: str) -> Content:
    """The keys in a file. Raises VaultError: it is missing, it was changed, or the passphrase is wrong."""
    if not path.exists():
        raise VaultError(f"{path} is missing: make one with `cardsvc init`, or restore it from its backup")
    damaged = VaultError(f"{path} was changed or is damaged: restore it from its backup")
    try:
        kept = json.loads(path.read_bytes())
        salt, nonce, sealed = (bytes.fromhex(kept[part]) for part in PARTS)
        checksum = kept.get("checksum", _checksum(salt, nonce, sealed))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise damaged from None
    if checksum != _checksum(salt, nonce, sealed) or len(nonce) != 12:
        raise damaged
    try:
        clear = AESGCM(_file_key(passphrase, salt)).decrypt(nonce, sealed, BOUND)
    except InvalidTag:
        raise VaultError(f"the passphrase does not open {path}: set ONECARD_PASSPHRASE to the right one") from None
    return {_name_now(name): bytes.fromhex(value) for name, value in json.loads(clear).items()}


def _name_now(name: str) -> str:
    """The first vaults had one version of card keys, and no version in their names."""
    return f"card1.{name[4:]}" if re.fullmatch(r"card\d", name) else name


def _encrypted(passphrase: str, content: Content, chance: Callable[[int], bytes]) -> bytes:
    salt, nonce = chance(16), chance(12)
    clear = json.dumps({name: value.hex() for name, value in content.items()}).encode()
    sealed = AESGCM(_file_key(passphrase, salt)).encrypt(nonce, clear, BOUND)
    parts = dict(zip(PARTS, (salt.hex(), nonce.hex(), sealed.hex()), strict=True))
    return json.dumps(parts | {"checksum": _checksum(salt, nonce, sealed)}).encode()


def _checksum(*parts: bytes) -> str:
    """Tells a damaged file from a wrong passphrase; whoever changes the file on purpose meets the encryption."""
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _put(path: Path, raw: bytes) -> None:
    """Write a file so that a power cut leaves the old one or the new one, whole."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600, exist_ok=False)
    with fresh.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _file_key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(passphrase.encode())
