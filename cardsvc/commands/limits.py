"""What stations may do without network: show it, change it."""

from typing import Annotated

import typer

from cardsvc.commands.ground import context_of, stop
from cardsvc.core.problems import Refusal
from cardsvc.core.snapshot import Limits
from cardsvc.core.words import say
from cardsvc.handlers import set_limit
from cardsvc.settings import Settings
from cardsvc.store.limits import limits_of

app = typer.Typer(no_args_is_help=True, help="What stations may do without network.")


@app.command()
def show() -> None:
    """Print every limit: its name, its value, and what it means."""
    context = context_of(Settings())
    with context.engine.connect() as connection:
        _print(limits_of(connection, context.home_id))


@app.command("set")
def set_(
    name: Annotated[str, typer.Argument(help="The limit, as `cardsvc limits show` names it.")],
    value: Annotated[int, typer.Argument(help="A whole number, in the limit's unit.")],
) -> None:
    """Change one limit; stations learn it with their next exchange. Exit code 2 for what cannot be."""
    context = context_of(Settings())
    changed = set_limit.handle(context, name, value, context.clock())
    if isinstance(changed, Refusal):
        stop(f"{say('en', f'problem.{changed.problem}.say')}: {changed.detail}", 2)
    _print(changed)


def _print(limits: Limits) -> None:
    for name, value in limits.model_dump().items():
        print(f"{name:<18}{value:>12}  {say('en', f'limit.{name}')}")
