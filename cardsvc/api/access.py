"""Who is asking in the office: session, role, home and county, on every request anew."""

import re
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from cardsvc.api.errors import Refused
from cardsvc.api.limits import Limiter
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, Role, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.handlers import own_account, sign_in
from cardsvc.store import staff
from cardsvc.store.engine import transact
from cardsvc.store.family import hash_of

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
TRIES_WITHIN = timedelta(minutes=10)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_HEADER = "x-form-token"
NUL = re.compile(rb"\x00|%00")
NULS = {"application/x-www-form-urlencoded": NUL, "application/json": re.compile(rb"\x00|%00|\\u0000")}
"""How a NUL is written in what is sent, by its media type."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who is signed in; `county` None sees all."""

    staff_no: StaffNo
    shown_name: str
    roles: tuple[Role, ...]
    county: str | None
    form_token: str
    first: bool = False
    "With a password that somebody else made: they choose their own before anything else."

    def may(self, action: Action) -> bool:
        """Whether any of their roles allows it."""
        return may(self.roles, action)


class Access:
    """Sign-in and sessions of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._limiter = Limiter()
        self.cookie = "__Host-office" if context.secure_cookies else "office"

    def sign_in(self, request: Request, staff_no: str, password: str) -> str:
        """A new session's secret. Raises Refused; who tries too often waits."""
        key = self._try(request, staff_no)
        token = sign_in.handle(self._context, staff_no, password, self._context.clock())
        if isinstance(token, Refusal):
            raise Refused(token)
        self._limiter.forget(key)
        return token

    def second(self, request: Request, staff_no: str, password: str) -> StaffNo | None:
        """The second person, if one was named and gave their own password; tries are limited as those to sign in are.

        Raises Refused.
        """
        if not staff_no:
            return None
        key = self._try(request, staff_no)
        member = sign_in.proven(self._context, staff_no, password)
        if isinstance(member, Refusal):
            raise Refused(member)
        self._limiter.forget(key)
        return member.staff_no

    def choose(self, request: Request, signed: Signed, old: str, *, new: str = "", pin: str = "") -> None:
        """Another password or PIN of their own; this session goes on. Raises Refused."""
        key, token = self._try(request, signed.staff_no), request.cookies.get(self.cookie, "")
        now = self._context.clock()
        refusal = own_account.choose(self._context, signed.staff_no, old, now, new=new, pin=pin, token=token)
        if refusal is not None:
            raise Refused(refusal)
        self._limiter.forget(key)

    def _try(self, request: Request, staff_no: str) -> str:
        """Count a try: eight in ten minutes for an account from one address, sixty for an address. Raises Refused."""
        now, who = self._context.clock(), request.client.host if request.client is not None else ""
        key = f"{who}/{staff_no}"
        own = self._limiter.allows(key, 8, TRIES_WITHIN, now)
        if not own or not self._limiter.allows(who, 60, TRIES_WITHIN, now):
            raise Refused(Refusal(Problem.TOO_MANY))
        return key

    def set_cookie(self, response: Response, token: str) -> None:
        """Give the browser its session: not for scripts, not for other sites."""
        response.set_cookie(
            self.cookie, token, path="/", secure=self._context.secure_cookies, httponly=True, samesite="strict"
        )

    def signed(self, request: Request) -> Signed | None:
        """Who is asking; None when nobody is signed in, for too long, or with a password that is not theirs yet."""
        one = self.here(request)
        return one if one is not None and not one.first else None

    def here(self, request: Request, *, at_work: bool = True) -> Signed | None:
        """Who has signed in, with a first password too: for the page where they choose their own.

        Not `at_work`: their page asks by itself, and an empty chair stays an empty chair.
        """
        token, context = request.cookies.get(self.cookie, ""), self._context
        now = context.clock()
        with context.engine.connect() as connection:
            row = staff.session(connection, context.home_id, hash_of(token)) if token else None
        if row is None or now - row.seen_at > IDLE or now - row.opened_at > LONGEST:
            return None
        if at_work and now - row.seen_at > SEEN_EVERY:
            transact(context.engine, lambda one: staff.seen(one, context.home_id, hash_of(token), now))
        one = row.staff
        first = one.first_by is not None
        return Signed(one.staff_no, one.shown_name, one.roles, one.county, row.form_token, first)

    def sign_out(self, request: Request, signed: Signed) -> None:
        """End this session."""
        sign_in.sign_out(self._context, request.cookies.get(self.cookie, ""), signed.staff_no, self._context.clock())

    def who(self, request: Request, *, at_work: bool = True) -> Signed:
        """Who is asking. Raises Refused: not signed in, or with a first password. `at_work`: as in `here`."""
        one = self.here(request, at_work=at_work)
        if one is None or one.first:
            raise Refused(Refusal(Problem.NOT_SIGNED_IN if one is None else Problem.PASSWORD_FIRST))
        return one

    def allows(self, request: Request, action: Action) -> Signed:
        """Who is asking, if they may. Raises Refused."""
        signed = self.who(request)
        if not signed.may(action):
            raise Refused(Refusal(Problem.NOT_ALLOWED, action))
        return signed


def same_site(request: Request) -> bool:
    """Whether an unsafe request comes from a page of ours: browsers say so by Origin, or by Sec-Fetch-Site."""
    if request.method in SAFE:
        return True
    origin = request.headers.get("origin")
    if origin is not None:
        return origin.partition("//")[2] == request.headers.get("host")
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


async def turned_away(request: Request) -> Refusal | None:
    """Why a request is not looked at: it does not come from a page of ours, or says what no database can hold."""
    if not same_site(request):
        return Refusal(Problem.FORM_EXPIRED)
    said = request.scope["query_string"] + request.scope["path"].encode(errors="replace")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in NULS:
        said += b" " + await request.body()
    return Refusal(Problem.INPUT_INVALID) if NULS.get(kind, NUL).search(said) else None
