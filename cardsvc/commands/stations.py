"""Stations without the console: codes, approval and revocation by two people, each with their own password."""

from typing import Annotated

import typer

from cardsvc.commands.ground import context_of, stop
from cardsvc.context import Context
from cardsvc.core.facts import StationKind
from cardsvc.core.fingerprint import spoken
from cardsvc.core.ids import JournalId, StaffNo, StationId
from cardsvc.core.problems import Refusal
from cardsvc.core.wire import RevokedWhy
from cardsvc.core.words import say
from cardsvc.handlers import enrol_station, revoke_station, sign_in
from cardsvc.settings import Settings
from cardsvc.store import journals, standing

app = typer.Typer()
station_app = typer.Typer(help="Stations that are gone.")
app.add_typer(station_app, name="station")
Station = Annotated[str, typer.Argument(help="Its name, such as cashier-1.")]
First = Annotated[str, typer.Option(help="Staff number of the one who does it.", prompt="Your staff number")]
FirstPassword = Annotated[str, typer.Option(help="Their password.", prompt="Your password", hide_input=True)]
Second = Annotated[str, typer.Option(help="Staff number of the second.", prompt="The second person's staff number")]
SecondPassword = Annotated[str, typer.Option(help="Theirs.", prompt="The second person's password", hide_input=True)]


@app.command()
def enrol(station: str, kind: StationKind, number: Annotated[int, typer.Option(help="Its number on cards.")]) -> None:
    """Make a one-time code, good for an hour, with which `terminal enrol` makes a machine the station STATION."""
    context = context_of(Settings())
    print(enrol_station.make_code(context, StationId(station), kind, number))


@app.command()
def approve(
    station: Station,
    first: First,
    first_password: FirstPassword,
    second: Second,
    second_password: SecondPassword,
    sure: Annotated[bool, typer.Option("--words-agree", help="Both compared the words already.")] = False,
) -> None:
    """Approve the newest journal of STATION: two people compare its six words at both ends."""
    context = context_of(Settings())
    journal_id = _newest(context, station)
    with context.engine.connect() as connection:
        row = journals.journal(connection, context.home_id, journal_id)
    print(spoken(row.public_key if row is not None else b""))
    if not sure and not typer.confirm("Does the station's screen show the same six words?"):
        stop("not approved: make a new code, and find out whose machine used this one")
    _both(context, (first, first_password), (second, second_password))
    _done("approved", enrol_station.approve(context, journal_id, StaffNo(first), StaffNo(second)))


@station_app.command("out-of-service")
def out_of_service(
    station: Station, first: First, first_password: FirstPassword, second: Second, second_password: SecondPassword
) -> None:
    """Take STATION out of service: it is not waited for after a restore. What it wrote on cards stays good."""
    _revoke(station, RevokedWhy.OUT_OF_SERVICE, (first, first_password), (second, second_password))


@station_app.command("stolen")
def stolen(
    station: Station, first: First, first_password: FirstPassword, second: Second, second_password: SecondPassword
) -> None:
    """Revoke STATION because it was stolen or lost: what its key writes from now on is not believed."""
    _revoke(station, RevokedWhy.STOLEN, (first, first_password), (second, second_password))


def _revoke(station: str, why: RevokedWhy, first: tuple[str, str], second: tuple[str, str]) -> None:
    context = context_of(Settings())
    _both(context, first, second)
    with context.engine.connect() as connection:
        living = standing.living(connection, context.home_id, StationId(station))
    for journal_id in living or [_newest(context, station)]:
        done = revoke_station.handle(context, journal_id, why, StaffNo(first[0]), StaffNo(second[0]))
        _done("revoked", done)


def _newest(context: Context, station: str) -> JournalId:
    with context.engine.connect() as connection:
        living = standing.living(connection, context.home_id, StationId(station))
    if not living:
        stop(f"{station} is not enrolled")
    return living[0]


def _both(context: Context, *people: tuple[str, str]) -> None:
    """Each gave their own password, or the command ends; which of them was wrong is not said."""
    known = [_knows(context, number, password) for number, password in people]
    if not all(known):
        stop(say("en", "problem.sign_in_failed.say"))


def _knows(context: Context, number: str, password: str) -> bool:
    return not isinstance(sign_in.proven(context, number, password), Refusal)


def _done(what: str, done: StationId | Refusal) -> None:
    if isinstance(done, Refusal):
        stop(f"{say('en', f'problem.{done.problem}.say')}: {say('en', f'problem.{done.problem}.do')}")
    print(f"{what} {done}")
