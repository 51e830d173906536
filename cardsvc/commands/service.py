"""Serve, bring the schema up to date, found a home, check everything that was written."""

import logging
import sys
from typing import Annotated

import typer
import uvicorn
from argon2 import PasswordHasher
from rich.console import Console

from cardsvc.api.app import Surface
from cardsvc.commands.duties import by_itself
from cardsvc.commands.ground import (
    context_of,
    need_every_version,
    passphrase_of,
    stop,
    token_place,
    up_to_date,
    vault_of,
)
from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.staffing import Person
from cardsvc.handlers import found_home
from cardsvc.handlers.found_home import Names
from cardsvc.rows import tables
from cardsvc.settings import Settings, chance
from cardsvc.store import migrations, verifying
from cardsvc.store.engine import UnsafeStore, open_engine
from cardsvc.surfaces import create_service
from cardsvc.vault import keystore
from cardsvc.vault.vault import VaultError

app = typer.Typer()
DSN = Annotated[str, typer.Option(help="Database; without it, SQLite in the data folder (ONECARD_DATA).")]


def settings_with(dsn: str) -> Settings:
    """The settings of the environment, with a database from the command line."""
    settings = Settings()
    return settings.model_copy(update={"dsn": dsn}) if dsn else settings


@app.command()
def serve(
    dsn: DSN = "",
    port: Annotated[int, typer.Option(help="TCP port.")] = 8700,
    host: Annotated[str, typer.Option(help="Address to listen on; put a TLS proxy in front.")] = "127.0.0.1",
    surface: Annotated[str, typer.Option(help="Surfaces to serve, comma-separated.")] = "stations,office,family,pay",
) -> None:
    """Serve stations, office and family until Ctrl-C."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        surfaces = [Surface(one.strip()) for one in surface.split(",")]
    except ValueError:
        stop(f"--surface knows {', '.join(Surface)}", 2)
    settings = settings_with(dsn)
    context = context_of(settings)
    if not migrations.current(context.engine):
        stop("the database is not at this version: run `cardsvc migrate`")
    if lacks := tables.missing(context.engine, context.modules.values()):
        stop(f"the database has no table {lacks[0]}: run `cardsvc migrate`")
    need_every_version(context)
    if context.demo:
        logging.getLogger("cardsvc").warning("DEMO: invented people, known passwords; never for real cases")
    with by_itself(context, settings):
        uvicorn.run(
            create_service(surfaces, context),
            host=host,
            port=port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=2,
            access_log=False,
        )


@app.command()
def migrate(dsn: DSN = "") -> None:
    """Bring the database to this version; does nothing when it is there already."""
    settings = settings_with(dsn)
    settings.data.mkdir(parents=True, exist_ok=True)
    try:
        engine = open_engine(settings.database)
    except UnsafeStore as error:
        stop(f"refusing: {error}")
    for step in up_to_date(engine):
        print(step)
    print("the database is at this version")


@app.command()
def init(
    name_zh: Annotated[str, typer.Option(help="The home's name in Chinese.", prompt=True)],
    name_en: Annotated[str, typer.Option(help="The home's name in English.", prompt=True)],
    phone: Annotated[str, typer.Option(help="The number that families call.", prompt=True)],
    staff_no: Annotated[str, typer.Option(help="Staff number of the first administrator.", prompt=True)],
    name: Annotated[str, typer.Option(help="Their name.", prompt=True)],
    password: Annotated[
        str, typer.Option(help="Their password.", prompt=True, hide_input=True, confirmation_prompt=True)
    ],
    dsn: DSN = "",
) -> None:
    """Found a home: keys, schema, nine stations, the shipped price list and one administrator."""
    settings = settings_with(dsn)
    make_vault(settings)
    migrate(dsn)
    context = context_of(settings)
    if len(password) < 10:
        stop("the password needs at least 10 characters")
    first = Person(StaffNo(staff_no), name, (Role.ADMINISTRATOR,))
    found_home.handle(context, Names(name_zh, name_en, phone))
    found_home.add_staff(context, [(first, password)], PasswordHasher().hash)
    print(f"founded {HomeId(settings.home)}: keys in {settings.keystore}. Copy that file and its passphrase to a safe.")


def make_vault(settings: Settings) -> None:
    """Make the vault, or end with what to do; the keys of a token are made with `cardsvc key make-token` before."""
    passphrase = passphrase_of(settings)
    if token_place(settings) is not None:
        vault_of(settings)
        return
    try:
        keystore.make(settings.keystore, passphrase, chance)
    except VaultError as error:
        stop(str(error))


@app.command()
def verify(dsn: DSN = "") -> None:
    """Recompute chains, signatures, folds, the ledger and clearances; exit code 1 names the first bad row."""
    context = context_of(settings_with(dsn))
    console = Console(stderr=True)
    with console.status("verifying") as status:
        home, key = context.home_id, context.vault.public_key
        fault = verifying.first_fault(context.engine, home, lambda words: status.update(words), key)
    if fault is not None:
        stop(f"NOT WHOLE: {fault}")
    counts = verifying.counts(context.engine, context.home_id)
    print("whole: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
