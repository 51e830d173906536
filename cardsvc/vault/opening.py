"""Which vault a home has: the file alone, or the file and a token."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cardsvc.vault import sealed_file
from cardsvc.vault.keystore import SoftwareVault
from cardsvc.vault.vault import Vault, VaultError

if TYPE_CHECKING:
    from cardsvc.vault.token import Token


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where a token is: its PKCS#11 module (a shared library), its label, its PIN."""

    module: str
    label: str
    pin: str

    def __repr__(self) -> str:
        return f"TokenPlace({self.module!r}, {self.label!r})"


def open_vault(path: Path, passphrase: str, place: TokenPlace | None = None) -> Vault:
    """Open the vault of a home. Raises VaultError."""
    content = sealed_file.read(path, passphrase)
    if place is None:
        return SoftwareVault(content)
    token = open_token(place)
    from cardsvc.vault.token_vault import TokenVault

    return TokenVault(content, token)


def open_token(place: TokenPlace) -> "Token":
    """Log in to a token. Raises VaultError."""
    if not place.label or not place.pin:
        raise VaultError("set ONECARD_PKCS11_TOKEN and ONECARD_PKCS11_PIN beside ONECARD_PKCS11_MODULE")
    try:
        from cardsvc.vault.token import Token
    except ImportError:
        raise VaultError("PKCS#11 is not installed: pip install 'one-card[pkcs11]'") from None
    return Token(place.module, place.label, place.pin)
