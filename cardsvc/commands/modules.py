"""Modules on the command line, for who makes one: the SQL of its tables."""

from typing import Annotated

import typer

from cardsvc.commands.ground import plugged, stop
from cardsvc.rows import tables

app = typer.Typer(no_args_is_help=True, help="The civil-affairs modules.")


@app.command("list")
def listed() -> None:
    """What is plugged in: name, and how many kinds of records and figures."""
    for one in plugged().values():
        typer.echo(f"{one.name:16} {one.label.zh} · {one.label.en}: {len(one.records)}, {len(one.indicators)}")


@app.command()
def sql(name: Annotated[str, typer.Argument(help="The module's folder.")]) -> None:
    """Print what the module's schema.sql has to say: cardsvc module sql NAME > cardsvc/modules/NAME/schema.sql"""
    module = plugged().get(name)
    if module is None:
        stop(f"there is no module {name}", 2)
    typer.echo(tables.sql_of(module), nl=False)
