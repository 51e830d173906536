"""Administration without the console: staff."""

from typing import Annotated

import typer
from argon2 import PasswordHasher

from cardsvc.commands.ground import context_of, stop
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Role
from cardsvc.handlers import found_home
from cardsvc.handlers.found_home import Person
from cardsvc.settings import Settings

app = typer.Typer()
staff_app = typer.Typer(help="People who work here.")
app.add_typer(staff_app, name="staff")


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
