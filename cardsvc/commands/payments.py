"""Payments by QR on the command line: ask the provider about what is open, hold a day against its list."""

from datetime import date, timedelta
from typing import Annotated

import typer
from rich.console import Console

from cardsvc.api import paying
from cardsvc.commands.ground import context_of, stop
from cardsvc.context import Context
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan
from cardsvc.core.problems import Refusal
from cardsvc.core.words import say
from cardsvc.settings import Settings
from cardsvc.store import payments

app = typer.Typer(help="QR payments: what is open, and days held against the provider's list.")


def _context() -> Context:
    context = context_of(Settings())
    if context.provider is None:
        stop("no payment provider: set ONECARD_PAY_URL and ONECARD_PAY_SECRET (docs/operations.md)", 2)
    return context


@app.command()
def look() -> None:
    """Ask about every order that is due, once. Exit code 1 when an answer cannot be believed, or money waits."""
    context = _context()
    with Console(stderr=True).status("asking the provider"):
        outcomes = paying.look_due(context)
    with context.engine.connect() as connection:
        counts = payments.counts(connection, context.home_id)
        waiting = payments.waiting(connection, context.home_id)
    for name, count in sorted(outcomes.items()):
        print(f"{count:>6}  {name if name in ('heard', paying.FAILED) else say('en', f'send_error.{name}')}")
    print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "no orders")
    for one in waiting:
        why = say("en", f"suspense_why.{one.why}")
        print(f"■ {in_yuan(one.amount_fen):>12}  {one.case_no or '-':<16}{why}: {one.ref}")
    if waiting or outcomes.total() != outcomes["heard"]:
        raise SystemExit(1)


@app.command()
def compare(day: Annotated[str, typer.Option(help="Local day, YYYY-MM-DD; without it, yesterday.")] = "") -> None:
    """Hold a day against the provider's list. Exit code 1 when something differs."""
    context = _context()
    try:
        chosen = date.fromisoformat(day) if day else local(context.clock()).date() - timedelta(days=1)
    except ValueError:
        stop("--day is YYYY-MM-DD", 2)
    with Console(stderr=True).status("holding the books against each other"):
        found = paying.reconcile(context, chosen)
    if isinstance(found, Refusal):
        stop(f"{say('en', f'problem.{found.problem}.say')}: {found.detail}")
    if found is None:
        stop("the day was not compared")
    print(f"{chosen}: {found.count} payments, ours {in_yuan(found.ours_fen)}, theirs {in_yuan(found.theirs_fen)}")
    for one in found.differences:
        print(f"  ■ {one.ref:<24}{say('en', f'unlike.{one.unlike}')}: {one.order_no}")
    if found.differences:
        raise SystemExit(1)
