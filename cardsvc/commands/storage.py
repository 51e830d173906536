"""Tell families that a term of storage ends or is over, and ask for a rest that nobody confirmed."""

import typer

from cardsvc.api import notices
from cardsvc.commands.ground import context_of
from cardsvc.settings import Settings

app = typer.Typer()


@app.command("storage-notices")
def storage_notices() -> None:
    """Write the notices of storage and rest that are due now, as `cardsvc serve` does every hour; again writes none."""
    context = context_of(Settings())
    print(f"notices written: {notices.handle(context, context.clock())}")
