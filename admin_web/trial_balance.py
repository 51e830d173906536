"""The console's trial balance: every account of the home at a moment, and from each figure down to its transfers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Query, Request, Response

from admin_web import asking
from admin_web.asking import Day
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused, language_of
from cardsvc.context import Context
from cardsvc.core.ledger import Account
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.trial_balance import GROUPS, case_of, ends
from cardsvc.core.words import CATALOGUES, Language
from cardsvc.documents.account_words import account_name
from cardsvc.store import price_books, stray_cash, trial_balance
from cardsvc.store.office import PAGE
from cardsvc.store.reconciling import one_moment

KEY = re.compile(r"([0-9]{1,18})\.([A-Z0-9-]{1,20})\.([0-9]{1,9})", re.ASCII)
Items = Mapping[str, Mapping[Language, str]]


@dataclass(frozen=True, slots=True)
class Names:
    """What accounts and reasons are called on the page."""

    language: Language
    items: Mapping[str, str]

    def account(self, name: str) -> str:
        """An account or a group, in words."""
        return account_name(name, self.items, self.language)

    def memo(self, memo: str) -> str:
        """Why money moved, in words."""
        first, _, proof = memo.partition(" ")
        words = CATALOGUES[self.language]
        tables = (self.items.get(first), words.get(f"memo.{first}"), words.get(f"step.{first}"), first)
        return " ".join(filter(None, (next(one for one in tables if one is not None), proof)))


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    _, sees = asking.asks_whole(access, Action.SEE_BILLS)
    home = context.home_id

    def shown(request: Request, day: date | None, items: Items, **more: Any) -> dict[str, Any]:
        language = language_of(request)
        names = Names(language, {item: name[language] for item, name in items.items()})
        return {"names": names, "day": day, "kept": {"day": day.isoformat()} if day else {}, "link": link, **more}

    @app.get("/trial-balance")
    def whole(request: Request, signed: Annotated[Signed, sees], day: Day = None) -> Response:
        with one_moment(context.engine) as connection:
            until = trial_balance.end_of(connection, home, day)
            balance = trial_balance.read(connection, home, until)
            values = shown(
                request,
                day,
                price_books.item_names(connection, home),
                balance=balance,
                no_case=[one for one in stray_cash.of_no_case(connection, home, until) if one.left_fen],
                groups=GROUPS,
                now=context.clock(),
            )
        return shell.page(request, "trial_balance", signed, values)

    @app.get("/trial-balance/accounts")
    def accounts(
        request: Request,
        signed: Annotated[Signed, sees],
        group: Annotated[str, Query(max_length=40)],
        day: Day = None,
        after: Annotated[str, Query(max_length=60)] = "",
    ) -> Response:
        if ends(group) is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        with one_moment(context.engine) as connection:
            until = trial_balance.end_of(connection, home, day)
            whole_ = trial_balance.read(connection, home, until)
            rows = trial_balance.accounts(connection, home, group, until, after, PAGE)
            values = shown(request, day, price_books.item_names(connection, home), group=group, rows=rows[:PAGE])
        values["stands"] = next((one.balance_fen for one in whole_.rows if one.name == group), 0)
        values["more"] = {"group": group, "after": rows[PAGE - 1].name} if len(rows) > PAGE else None
        return shell.page(request, "trial_accounts", signed, values)

    @app.get("/trial-balance/transfers")
    def transfers(
        request: Request,
        signed: Annotated[Signed, sees],
        account: Annotated[str, Query(max_length=60)],
        day: Day = None,
        before: Annotated[str, Query(max_length=50)] = "",
    ) -> Response:
        place = KEY.fullmatch(before)
        key = (int(place[1]), place[2], int(place[3])) if place else None
        with one_moment(context.engine) as connection:
            until = trial_balance.end_of(connection, home, day)
            stands = trial_balance.one(connection, home, Account(account), until)
            if stands is None:
                raise Refused(Refusal(Problem.NOT_FOUND))
            rows = trial_balance.transfers(connection, home, Account(account), until, key, PAGE)
            values = shown(request, day, price_books.item_names(connection, home), stands=stands, rows=rows[:PAGE])
        last = ".".join(map(str, rows[PAGE - 1].key)) if len(rows) > PAGE else ""
        values |= {"case_no": case_of(Account(account)), "more": {"account": account, "before": last} if last else None}
        values["group"] = next((one for one in GROUPS if belongs(account, one)), None)
        return shell.page(request, "trial_transfers", signed, values)


def belongs(account: str, group: str) -> bool:
    """Whether an account of a case is one of a group's."""
    begins, closes = ends(group) or ("", "")
    return account.startswith(begins) and account.endswith(closes)


def link(path: str, *more: Mapping[str, str]) -> str:
    """An address with its query."""
    query = urlencode({name: value for one in more for name, value in one.items()})
    return f"/office/trial-balance{path}{'?' + query if query else ''}"
