"""Cards without the console: make them, one or many; block, unblock, replace, take back, wipe; labels."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from cardsvc.commands.ground import context_of, stop
from cardsvc.commands.making import Made, UnfitChip, card_on, make_blank, make_many
from cardsvc.context import Context
from cardsvc.core.card.desfire import read_uid
from cardsvc.core.card.errors import CardError
from cardsvc.core.card.script import run
from cardsvc.core.card_life import ASKS, WHYS, Act
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, CaseNo, StaffNo
from cardsvc.core.permissions import Action, may
from cardsvc.core.problems import Refusal
from cardsvc.core.words import say
from cardsvc.documents import labels
from cardsvc.documents.filling import TemplateBroken
from cardsvc.handlers import (
    adopt_card,
    block_card,
    issue_card,
    issue_staff_card,
    replace_card,
    return_card,
    sign_in,
    unblock_card,
    upgrade_card,
    wipe_card,
)
from cardsvc.settings import Settings
from cardsvc.store import cards
from cardsvc.store.card_life import People
from terminal.readers.pcsc import PcscReader
from terminal.readers.reader import Reader

app = typer.Typer(no_args_is_help=True, help="Cards of families and of staff.")
WAIT_S = 30
READER = Annotated[str, typer.Option(help="Name of the PC/SC reader; a part of it is enough.")]
BY = Annotated[str, typer.Option(prompt="your staff number", help="Who does it; asks for their password.")]
SECOND = Annotated[
    str, typer.Option(prompt="second person's staff number", help="Who has looked at it too; asks for their password.")
]


@app.command()
def issue(reader: READER = "") -> None:
    """Make the factory chip on the reader a blank card of the pool."""
    context = context_of(Settings())
    with _chip(reader, "a factory card") as (there, _):
        print(f"issued {make_blank(context, there)}")


@app.command()
def batch(
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many cards to make.")], reader: READER = ""
) -> None:
    """Make blank cards one after another; Ctrl-C ends it, and running it again goes on."""
    context, there, made = context_of(Settings()), PcscReader(reader), Made()
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("lay the next card on the reader", total=count)

        def told(line: str) -> None:
            print(line)
            progress.update(task, completed=len(made.numbers))

        try:
            make_many(context, there, count, made, told)
        except KeyboardInterrupt:
            print("ended before all were made; run it again for the rest")
        finally:
            there.close()
    print(f"made {len(made.numbers)} of {count}; skipped {len(made.skipped)}")
    for chip, why in made.skipped:
        print(f"  {chip}: {why}")
    if len(made.numbers) < count:
        raise SystemExit(1)


@app.command()
def block(card_no: str, reason: HotReason, by: BY) -> None:
    """Block a card that is lost, damaged or stolen; stations refuse it within ten seconds."""
    _why(Act.BLOCK, reason)
    context = context_of(Settings())
    people = People(_person(context, by, ASKS[Act.BLOCK]))
    _told(block_card.handle(context, CardNo(card_no), reason, people, context.clock()), "blocked")


@app.command()
def unblock(card_no: str, by: BY, second: SECOND) -> None:
    """Let a card that was found again serve again; needs two people."""
    context = context_of(Settings())
    people = People(_person(context, by, ASKS[Act.UNBLOCK]), _person(context, second))
    _told(unblock_card.handle(context, CardNo(card_no), people, context.clock()), "unblocked")


@app.command()
def replace(card_no: str, reason: HotReason, by: BY, second: SECOND) -> None:
    """Block a case's card so that another can be bound at a station; needs two people."""
    _why(Act.REPLACE, reason)
    context = context_of(Settings())
    people = People(_person(context, by, ASKS[Act.REPLACE]), _person(context, second))
    _told(replace_card.handle(context, CardNo(card_no), reason, people, context.clock()), "replaced: bind a new one")


@app.command("return")
def take_back(card_no: str, by: BY) -> None:
    """Take a card back that the family hands in."""
    context = context_of(Settings())
    people = People(_person(context, by, ASKS[Act.RETURN]))
    _told(return_card.handle(context, CardNo(card_no), people, context.clock()), "returned")


@app.command()
def wipe(by: BY, reader: READER = "") -> None:
    """Wipe the returned card on the reader and make its chip a blank card with a new number."""
    context = context_of(Settings())
    people = People(_person(context, by, ASKS[Act.WIPE]))
    with _chip(reader, "the returned card") as (there, _):
        uid = run(read_uid(), there.transmit)
        old = wipe_card.wipeable(context, uid)
        if isinstance(old, Refusal):
            _told(old, "")
            return
        card_no = issue_card.next_number(context)
        run(issue_card.script(context, uid, card_no), there.transmit)
    _told(wipe_card.handle(context, old.card_no, card_no, people, context.clock()), f"made of {old.card_no}")


@app.command()
def upgrade(by: BY, reader: READER = "") -> None:
    """Give the card on the reader the newest keys; a card that was pulled away meanwhile is laid down again."""
    context = context_of(Settings())
    who = _person(context, by, Action.ISSUE_CARD)
    with _chip(reader, "the card") as (there, _):
        uid = run(read_uid(), there.transmit)
        run(upgrade_card.script(context, uid), there.transmit)
    _told(
        upgrade_card.handle(context, uid, who, context.clock()), f"has keys of version {context.vault.newest_version}"
    )


@app.command("staff")
def staff_card(staff_no: str, by: BY, reader: READER = "") -> None:
    """Make the factory chip on the reader the card of STAFF_NO; the PIN is still asked at the station."""
    context = context_of(Settings())
    who = _person(context, by, Action.MANAGE_STAFF)
    with _chip(reader, "a factory card") as (there, _):
        uid, card_no = run(read_uid(), there.transmit), issue_staff_card.next_number(context)
        run(issue_staff_card.script(context, uid, card_no), there.transmit)
    made = issue_staff_card.handle(context, card_no, uid, StaffNo(staff_no), context.clock(), who)
    _told(made, f"is the card of {staff_no}")


@app.command()
def adopt(case_no: str, by: BY, reader: READER = "") -> None:
    """Let a legacy card (MIFARE Classic), which can only be recognised, be the key to CASE_NO."""
    context = context_of(Settings())
    who = _person(context, by, Action.ISSUE_CARD)
    with _chip(reader, "the legacy card") as (there, atr):
        uid = run(read_uid(), there.transmit)
    _told(adopt_card.handle(context, CaseNo(case_no), uid, atr, who, context.clock()), f"serves {case_no}")


@app.command("labels")
def print_labels(
    first: str, last: str, out: Annotated[Path, typer.Option(help="The PDF to write; 100 x 60 mm a label.")]
) -> None:
    """Labels for the cards FIRST to LAST: the number in clear, and as a QR code."""
    context = context_of(Settings())
    with context.engine.connect() as connection:
        numbers = cards.numbers(connection, context.home_id, CardNo(first), CardNo(last))
        home = cards.home_name(connection, context.home_id)
    if not numbers:
        stop(f"there is no card from {first} to {last}")
    try:
        out.write_bytes(labels.render(home, numbers, folder=context.templates))
    except TemplateBroken as error:
        stop(str(error))
    print(f"{len(numbers)} labels in {out}")


@contextmanager
def _chip(reader: str, what: str) -> Iterator[tuple[Reader, bytes]]:
    """A chip on the reader, with its answer to reset; or the command ends with what to do."""
    there = PcscReader(reader)
    print(f"lay {what} on the reader")
    try:
        atr = card_on(there, WAIT_S, print)
        if atr is None:
            stop("no card was laid down")
        yield there, atr
    except (CardError, UnfitChip) as error:
        stop(f"it was not done: {error}. Nothing was recorded; lay the card down again, or another one")
    finally:
        there.close()


def _why(act: Act, reason: HotReason) -> None:
    if reason not in WHYS[act]:
        stop(f"the reason is one of {', '.join(WHYS[act])}", 2)


def _person(context: Context, staff_no: str, action: Action | None = None) -> StaffNo:
    """Somebody who gives their own password, and may do it; or ends. The handler judges the second person."""
    password = typer.prompt(f"password of {staff_no}", hide_input=True)
    member = sign_in.proven(context, staff_no, password)
    if isinstance(member, Refusal):
        stop(say("en", f"problem.{member.problem}.say"))
    if action is not None and not may(member.roles, action):
        stop(say("en", "problem.not_allowed.say"))
    return member.staff_no


def _told(done: CardNo | Refusal, what: str) -> None:
    """Say what was done, or end with why not."""
    if isinstance(done, Refusal):
        stop(f"{say('en', f'problem.{done.problem}.say')}: {done.detail}")
    print(f"{done} {what}")
