"""Administration without the console: staff. For the first people, and for the day when nobody can sign in."""

from typing import Annotated

import typer

from cardsvc.commands.ground import context_of, stop
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.problems import Refusal
from cardsvc.core.staffing import Person
from cardsvc.core.words import say
from cardsvc.handlers import manage_staff
from cardsvc.settings import Settings
from cardsvc.store import managing

app = typer.Typer()
staff_app = typer.Typer(help="People who work here.")
app.add_typer(staff_app, name="staff")
ALONE = (None, None)
ROLES_HELP = f"Comma-separated: {', '.join(Role)}"
ROLES = Annotated[str, typer.Option(prompt=True, help=ROLES_HELP)]


@staff_app.command("add")
def add(
    staff_no: str,
    name: Annotated[str, typer.Option(prompt=True, help="Their name; stored encrypted.")],
    roles: ROLES,
    county: Annotated[str, typer.Option(help="Six digits; without it they see all counties.")] = "",
) -> None:
    """Add somebody who works here; the first password is printed once, and changed at the first sign-in."""
    context = context_of(Settings())
    person = Person(StaffNo(staff_no), name, _roles(roles), county or None)
    _first(staff_no, "added", manage_staff.add(context, person, ALONE, context.clock()))


@staff_app.command("roles")
def roles(
    staff_no: str,
    roles: ROLES,
    county: Annotated[str, typer.Option(help="Six digits, or 'all'; without it as it was.")] = "",
) -> None:
    """Give somebody these roles, and no others."""
    context = context_of(Settings())
    where = {"": _person(context, staff_no).county, "all": None}.get(county, county)
    done = manage_staff.change(context, StaffNo(staff_no), _roles(roles), where, ALONE, context.clock())
    _told(staff_no, "changed", done)


@staff_app.command("leave")
def leave(staff_no: str) -> None:
    """Somebody works here no more: sessions end at once, stations refuse them from their next exchange on."""
    context = context_of(Settings())
    _told(staff_no, "left", manage_staff.leave(context, StaffNo(staff_no), ALONE, context.clock()))


@staff_app.command("reset")
def reset(staff_no: str) -> None:
    """A first password for who has forgotten theirs, or works here again; it is printed once."""
    context = context_of(Settings())
    act = manage_staff.come_back if _person(context, staff_no).left_at is not None else manage_staff.reset
    _first(staff_no, "reset", act(context, StaffNo(staff_no), ALONE, context.clock()))


@staff_app.command("list")
def list_() -> None:
    """Everybody, by number: roles, county, and who has left."""
    context = context_of(Settings())
    with context.engine.connect() as connection:
        for one in managing.people(connection, context.home_id):
            left = f"  left {one.left_at:%Y-%m-%d}" if one.left_at is not None else ""
            print(f"{one.staff_no:<12}{one.county or 'all':<8}{', '.join(one.roles)}{left}")


def _person(context: Context, staff_no: str) -> managing.Person:
    with context.engine.connect() as connection:
        one = managing.person(connection, context.home_id, staff_no)
    if one is None:
        stop(f"{say('en', 'problem.staff_unknown.say')}: {staff_no}")
    return one


def _roles(text: str) -> tuple[Role, ...]:
    try:
        return tuple(Role(one.strip()) for one in text.split(","))
    except ValueError:
        stop(f"roles are {', '.join(Role)}", 2)


def _first(staff_no: str, what: str, done: str | Refusal) -> None:
    if isinstance(done, str):
        print(f"first password, changed at the first sign-in: {done}")
    _told(staff_no, what, None if isinstance(done, str) else done)


def _told(staff_no: str, what: str, refusal: Refusal | None) -> None:
    if refusal is not None:
        stop(f"{say('en', f'problem.{refusal.problem}.say')}: {refusal.detail or staff_no}")
    print(f"{what} {staff_no}")
