"""Administration without the console: staff, station codes."""

from typing import Annotated

import typer
from argon2 import PasswordHasher

from cardsvc.commands.ground import context_of, stop
from cardsvc.core.facts import StationKind
from cardsvc.core.ids import StaffNo, StationId
from cardsvc.core.permissions import Role
from cardsvc.handlers import enrol_station, found_home
from cardsvc.handlers.found_home import Person
from cardsvc.settings import Settings

app = typer.Typer()
staff_app = typer.Typer(help="People who work here.")
app.add_typer(staff_app, name="staff")


@app.command()
def enrol(station: str, kind: StationKind, number: Annotated[int, typer.Option(help="Its number on cards.")]) -> None:
    """Make a one-time code, good for an hour, with which `terminal enrol` makes a machine the station STATION."""
    context = context_of(Settings())
    print(enrol_station.make_code(context, StationId(station), kind, number))


@staff_app.command("add")
def staff_add(
    staff_no: str,
    name: Annotated[str, typer.Option(prompt=True, help="Their name; stored encrypted.")],
    roles: Annotated[str, typer.Option(prompt=True, help=f"Comma-separated: {', '.join(Role)}")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    county: Annotated[str, typer.Option(help="Six digits; without it they see all counties.")] = "",
) -> None:
    """Add somebody who works here; password and PIN are the same until they change them."""
    try:
        chosen = tuple(Role(one.strip()) for one in roles.split(","))
    except ValueError:
        stop(f"roles are {', '.join(Role)}", 2)
    person = Person(StaffNo(staff_no), name, chosen, county or None)
    found_home.add_staff(context_of(Settings()), [(person, password)], PasswordHasher().hash)
    print(f"added {staff_no}")
