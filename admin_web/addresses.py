"""Whole addresses of this office, for what leaves it: files, and links for people outside."""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Request

from admin_web.figure_lines import Chosen, line
from cardsvc.context import Context
from cardsvc.core.indicated import Part, Told
from cardsvc.documents.figure_words import Doors, FigureWords
from cardsvc.modules import Module


def here(context: Context, request: Request) -> str:
    """The office's address without a slash at its end: as it is set up, else as who asks has it."""
    return context.office_url or str(request.base_url.replace(path="")).rstrip("/")


def outward(context: Context, request: Request, token: str) -> str:
    """The link by which somebody outside sends in; its secret stays in the browser."""
    return f"{here(context, request)}/public/send#{token}"


def figure_doors(at: str, modules: Mapping[str, Module], words: FigureWords, asked: Chosen, *, opens: bool) -> Doors:
    """The rows of each figure, at this address of the office; of several lists, the page that opens each.

    `opens`: whether the rows of the service's own books are among them.
    """

    def door(part: Part, told: Told) -> str:
        opened = line(words, modules[part.module], told, asked.period, opens=opens)
        several = f"/office/modules/{part.module}/statistics?{urlencode(asked.asked)}" if opened.parts else ""
        return f"{at}{opened.door or several}" if opened.door or several else ""

    return door
