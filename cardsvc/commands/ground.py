"""What every command stands on: settings, the vault, the database, and how a command ends."""

import sys
from typing import NoReturn

from cardsvc.context import Context
from cardsvc.core.ids import HomeId
from cardsvc.settings import Settings, chance, clock
from cardsvc.store.engine import UnsafeStore, open_engine
from cardsvc.vault.keystore import Vault, VaultError, open_vault


def stop(why: str, code: int = 1) -> NoReturn:
    """End with a sentence that says what to do."""
    print(why, file=sys.stderr)
    raise SystemExit(code)


def vault_of(settings: Settings) -> Vault:
    """Open the vault, or end with what to do."""
    passphrase = settings.passphrase.get_secret_value()
    if not passphrase:
        stop("set ONECARD_PASSPHRASE to the vault's passphrase")
    try:
        return open_vault(settings.keystore, passphrase)
    except VaultError as error:
        stop(str(error))


def context_of(settings: Settings) -> Context:
    """Everything a running service is made of, or end with what to do."""
    vault = vault_of(settings)
    try:
        engine = open_engine(settings.database)
    except UnsafeStore as error:
        stop(f"refusing to start: {error}")
    return Context(
        engine=engine,
        vault=vault,
        home_id=HomeId(settings.home),
        clock=clock,
        chance=chance,
        secure_cookies=settings.secure_cookies,
        demo=settings.demo,
        family_url=settings.family_url,
    )
