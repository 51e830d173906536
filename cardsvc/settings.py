"""Settings of the service, read from the environment (ONECARD_*) or given by the command line."""

import secrets
from datetime import UTC, datetime, time
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from cardsvc.core.terms import Payer

DEMO_PASSPHRASE = "demo"
"""Everybody knows it: a home that is not the demo's refuses it."""


class Settings(BaseSettings):
    """What a process needs to know before it starts; `demo` relaxes nothing but says so on every page."""

    model_config = SettingsConfigDict(env_prefix="ONECARD_")

    data: Path = Path("data")
    dsn: str = ""
    home: str = "WZ"
    passphrase: SecretStr = SecretStr("")
    pkcs11_module: str = ""
    pkcs11_token: str = ""
    pkcs11_pin: SecretStr = SecretStr("")
    demo: bool = False
    secure_cookies: bool = True
    office_url: str = ""
    family_url: str = "http://127.0.0.1:8700/family/"
    gateway_url: str = ""
    gateway_secret: SecretStr = SecretStr("")
    statutory_url: str = ""
    statutory_secret: SecretStr = SecretStr("")
    statutory_ca: Path | None = None
    treasury_url: str = ""
    treasury_secret: SecretStr = SecretStr("")
    treasury_ca: Path | None = None
    police_url: str = ""
    police_secret: SecretStr = SecretStr("")
    police_ca: Path | None = None
    insurer_url: str = ""
    insurer_secret: SecretStr = SecretStr("")
    insurer_ca: Path | None = None
    pay_url: str = ""
    pay_secret: SecretStr = SecretStr("")
    pay_ca: Path | None = None
    reconcile_at: time = time(2, 30)

    @property
    def database(self) -> str:
        """The DSN; without one, SQLite in the data folder."""
        return self.dsn or f"sqlite:///{self.data / 'onecard.db'}"

    @property
    def payers(self) -> frozenset[Payer]:
        """The payers that have a receiver for statements."""
        urls = ((Payer.TREASURY, self.treasury_url), (Payer.POLICE, self.police_url), (Payer.INSURER, self.insurer_url))
        return frozenset(payer for payer, url in urls if url)

    @property
    def keystore(self) -> Path:
        """The encrypted file of keys."""
        return self.data / "vault.json"

    @property
    def templates(self) -> Path:
        """Where a home puts the paper templates that it edited; each comes before the product's own."""
        return self.data / "templates"


def clock() -> datetime:
    """The operating system's time, UTC: the service's only clock."""
    return datetime.now(UTC)


def chance(length: int) -> bytes:
    """The operating system's randomness: the service's only chance."""
    return secrets.token_bytes(length)
