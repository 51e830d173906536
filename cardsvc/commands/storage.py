"""Cold storage: tell families that a term ends or is over."""

import typer

from cardsvc.api import storage_terms
from cardsvc.commands.ground import context_of
from cardsvc.settings import Settings

app = typer.Typer()


@app.command("storage-notices")
def storage_notices() -> None:
    """Write the notices of storage terms that are due now, as `cardsvc serve` does every hour; again writes none."""
    context = context_of(Settings())
    print(f"notices written: {storage_terms.handle(context, context.clock())}")
