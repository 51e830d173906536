"""All pages of modules' rows, in the order in which their addresses are tried: names before ids."""

from fastapi import FastAPI

from admin_web import (
    record_exports,
    record_figures,
    record_grants,
    record_imports,
    record_lists,
    record_rows,
    record_several,
    record_withdrawn,
)
from admin_web.shell import Shell
from cardsvc.api.access import Access
from cardsvc.context import Context


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    for pages in (
        record_exports,
        record_figures,
        record_grants,
        record_imports,
        record_lists,
        record_several,
        record_withdrawn,
        record_rows,
    ):
        pages.add(app, context, access, shell)
