"""The console's own account: one's password and PIN, chosen by oneself; with a first password, before anything else."""

from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.passwords import LONGEST, PIN_LONGEST, PIN_SHORTEST, SHORTEST
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import staff

Secret = Annotated[str, Form(max_length=LONGEST)]
LENGTHS = {"shortest": SHORTEST, "pin_shortest": PIN_SHORTEST, "pin_longest": PIN_LONGEST}


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page to the console."""

    def here(request: Request) -> Signed:
        one = access.here(request)
        if one is None:
            raise Refused(Refusal(Problem.NOT_SIGNED_IN))
        return one

    def page(request: Request, owner: Signed, refusal: Refusal | None = None, done: str = "") -> Response:
        with context.engine.connect() as connection:
            member = staff.find(connection, context.home_id, owner.staff_no)
            names: dict[Any, str] = staff.names(connection, context.home_id)
        by = member.first_by if member is not None else None
        values = {
            "owner": owner,
            "has_pin": member is not None and bool(member.pin_hash),
            "first_by": f"{names.get(by, '')} {by}".strip() if by else "",
            "first_at": member.first_at if member is not None else None,
            "done": done,
            **LENGTHS,
        }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        shown = owner if not owner.first else None
        return shell.page(request, "account", shown, values, refusal=refusal, status=status)

    def chosen(request: Request, form_token: str, old: str, twice: tuple[str, str], pins: tuple[str, str]) -> Response:
        owner = here(request)
        if form_token != owner.form_token:
            return page(request, owner, Refusal(Problem.FORM_EXPIRED))
        if len(set(twice)) > 1 or len(set(pins)) > 1:
            return page(request, owner, Refusal(Problem.PASSWORDS_DIFFER))
        try:
            access.choose(request, owner, old, new=twice[0], pin=pins[0])
        except Refused as error:
            return page(request, owner, error.refusal)
        if owner.first:
            return RedirectResponse(f"{request.scope['root_path']}/", 303)
        return page(request, owner, done="password" if twice[0] else "pin")

    @app.get("/account")
    def account(request: Request) -> Response:
        return page(request, here(request))

    @app.post("/account/password")
    def password(
        request: Request,
        form_token: Annotated[str, Form()] = "",
        old: Secret = "",
        new: Secret = "",
        again: Secret = "",
        pin: Secret = "",
        pin_again: Secret = "",
    ) -> Response:
        """One's own password; with a first one, the PIN too."""
        return chosen(request, form_token, old, (new, again), (pin.strip(), pin_again.strip()))

    @app.post("/account/pin")
    def pin_(
        request: Request,
        form_token: Annotated[str, Form()] = "",
        old: Secret = "",
        pin: Secret = "",
        pin_again: Secret = "",
    ) -> Response:
        return chosen(request, form_token, old, ("", ""), (pin.strip(), pin_again.strip()))
