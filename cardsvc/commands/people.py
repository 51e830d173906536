"""Administration without the console: staff, cards."""

from typing import Annotated

import typer
from argon2 import PasswordHasher

from cardsvc.commands.ground import context_of, stop
from cardsvc.core.card.desfire import read_uid
from cardsvc.core.card.errors import CardError
from cardsvc.core.card.script import run
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.problems import Refusal
from cardsvc.core.words import say
from cardsvc.handlers import found_home, issue_card
from cardsvc.handlers.found_home import Person
from cardsvc.settings import Settings
from terminal.readers.pcsc import PcscReader
from terminal.readers.reader import CardIn, ReaderLost

app = typer.Typer()
staff_app = typer.Typer(help="People who work here.")
card_app = typer.Typer(help="Family cards.")
app.add_typer(staff_app, name="staff")
app.add_typer(card_app, name="card")
CARD_WAIT_S = 30


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


@card_app.command("issue")
def card_issue(
    reader: Annotated[str, typer.Option(help="Name of the PC/SC reader; a part of it is enough.")] = "",
) -> None:
    """Make the factory chip on the reader a blank card of the pool."""
    context = context_of(Settings())
    there = PcscReader(reader)
    print("lay a factory card on the reader")
    for _ in range(CARD_WAIT_S):
        match there.wait(1.0):
            case CardIn():
                break
            case ReaderLost(fault):
                print(say("en", f"reader.{fault}"))
    else:
        stop("no card was laid down")
    try:
        uid = run(read_uid(), there.transmit)
        card_no = issue_card.next_number(context)
        run(issue_card.script(context, uid, card_no), there.transmit)
    except CardError as error:
        stop(f"the card was not made: {error}. Nothing was recorded; try another card")
    finally:
        there.close()
    made = issue_card.handle(context, card_no, uid, context.clock())
    if isinstance(made, Refusal):
        stop(f"{say('en', f'problem.{made.problem}.say')}: {made.detail}")
    print(f"issued {made}")
