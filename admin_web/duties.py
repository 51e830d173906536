"""The console's pages of the home's duties: outbox, reconciliation, drills, furnace log."""

from fastapi import FastAPI

from admin_web import drills, furnaces, outbox, reconciling
from admin_web.shell import Shell
from cardsvc.api.access import Access
from cardsvc.context import Context


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    for part in (outbox, reconciling, drills, furnaces):
        part.add(app, context, access, shell)
