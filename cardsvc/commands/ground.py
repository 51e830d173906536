"""What every command stands on: settings, the vault, the database, and how a command ends."""

import logging
import pkgutil
import sys
from typing import NoReturn
from urllib.parse import urlsplit

from cardsvc import modules
from cardsvc.context import Context
from cardsvc.core.declaring import declared_wrong, module_wrong, reach_wrong
from cardsvc.core.figures import figure_wrong
from cardsvc.core.ids import HomeId
from cardsvc.core.plug import PlugError, discover
from cardsvc.modules import Module
from cardsvc.receiver import Receiver, receiver
from cardsvc.rows import tables
from cardsvc.settings import DEMO_PASSPHRASE, Settings, chance, clock
from cardsvc.store import cards, migrations
from cardsvc.store.engine import Engine, UnsafeStore, open_engine
from cardsvc.vault.opening import TokenPlace, open_vault
from cardsvc.vault.vault import Vault, VaultError

SOFTWARE_VAULT = (
    "THE KEYS OF THIS HOME ARE IN A FILE: whoever copies vault.json and learns its passphrase can copy every card."
    " Put them on a PKCS#11 token: docs/operations.md, 'Key ceremony', and `cardsvc key make-token`"
)


def stop(why: str, code: int = 1) -> NoReturn:
    """End with a sentence that says what to do."""
    print(why, file=sys.stderr)
    raise SystemExit(code)


def passphrase_of(settings: Settings) -> str:
    """The vault's passphrase, or end with what to do."""
    passphrase = settings.passphrase.get_secret_value()
    if not passphrase:
        stop("set ONECARD_PASSPHRASE to the vault's passphrase")
    if passphrase == DEMO_PASSPHRASE and not settings.demo:
        stop("refusing: this is the demo's passphrase, which everybody knows. Found the home with one of your own")
    return passphrase


def token_place(settings: Settings) -> TokenPlace | None:
    """Where the home's token is; None when its keys are in the file."""
    if not settings.pkcs11_module:
        return None
    return TokenPlace(settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin.get_secret_value())


def vault_of(settings: Settings) -> Vault:
    """Open the vault, or end with what to do."""
    place = token_place(settings)
    try:
        vault = open_vault(settings.keystore, passphrase_of(settings), place)
    except VaultError as error:
        stop(str(error))
    if place is None and not settings.demo:
        logging.getLogger("cardsvc").warning(SOFTWARE_VAULT)
    return vault


def provider_of(settings: Settings) -> Receiver | None:
    """The payment provider that is set up, None where there is none, or end with what to do."""
    if not settings.pay_url:
        return None
    secret = settings.pay_secret.get_secret_value()
    if not secret:
        stop("ONECARD_PAY_URL is set: set ONECARD_PAY_SECRET to the secret that you share with the provider", 2)
    if not settings.pay_url.startswith("https://") and not settings.demo:
        stop("ONECARD_PAY_URL must begin with https://", 2)
    if settings.pay_ca is not None and not settings.pay_ca.is_file():
        stop(f"ONECARD_PAY_CA: there is no file {settings.pay_ca}", 2)
    return receiver(f"{settings.pay_url.rstrip('/')}/", secret.encode(), settings.pay_ca)


def office_of(settings: Settings) -> str:
    """The office's address without a slash at its end, "" where it is not set up, or end with what to do."""
    address = settings.office_url.rstrip("/")
    said = urlsplit(address)
    if address and (said.scheme not in ("https", "http") or said.geturl() != f"{said.scheme}://{said.netloc}"):
        stop("ONECARD_OFFICE_URL is what stands before /office, such as https://onecard.example", 2)
    return address


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
        office_url=office_of(settings),
        templates=settings.templates,
        provider=provider_of(settings),
        payers=settings.payers,
        modules=plugged(),
    )


def plugged() -> dict[str, Module]:
    """The modules that were found, each looked through, or end with what is wrong."""
    try:
        found = discover(modules, "MODULE", Module)
    except PlugError as error:
        stop(str(error))
    folders = sorted(one.name for one in pkgutil.iter_modules(modules.__path__))
    for folder, module in zip(folders, found.values(), strict=True):
        if (wrong := module_wrong(module.name, folder, [one.name for one in module.records])) is not None:
            stop(wrong)
        for record in module.records:
            if (wrong := declared_wrong(record, [one.name for one in module.records])) is not None:
                stop(f"{module.name}: {wrong}")
        records = {one.name: one for one in module.records}
        if (wrong := reach_wrong(records)) is not None:
            stop(f"{module.name}: {wrong}")
        for indicator in module.indicators:
            if (wrong := figure_wrong(indicator, records)) is not None:
                stop(f"{module.name}: {wrong}")
    return found


def up_to_date(engine: Engine) -> list[str]:
    """Bring a database to this version, the modules' tables too; what was done. Ends with what is wrong."""
    steps = migrations.upgrade(engine)
    try:
        return steps + [f"made {one}" for one in tables.prepare(engine, plugged().values())]
    except UnsafeStore as error:
        stop(f"refusing: {error}")


def need_every_version(context: Context) -> None:
    """See that the vault has the keys of every card, or end with what to do."""
    with context.engine.connect() as connection:
        carried = cards.key_versions(connection, context.home_id)
    for version in sorted(carried.keys() - set(context.vault.versions)):
        stop(
            f"refusing to start: {carried[version]} cards have keys of version {version}, which the vault lacks."
            " Restore its newest backup"
        )
