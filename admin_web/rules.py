"""The console's rules: the city's, and what stations may do without network; versions stay, two people set."""

from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.policy import RULES, Policy, changed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import Limits
from cardsvc.handlers import set_limit, set_policy
from cardsvc.store import policies, staff
from cardsvc.store.limits import limits_of
from cardsvc.store.opening import load_staff
from cardsvc.store.policies import POLICY, policy_of

YES_OR_NO = frozenset(name for name in RULES if isinstance(getattr(Policy(), name), bool))


def typed_policy(before: Policy, form: dict[str, str]) -> Policy | Refusal:
    """The rules as typed; what is not typed is as before. `basis-NAME` is the legal basis of a rule."""
    rules = {name: form.get(name, "") == "yes" if name in YES_OR_NO else form.get(name, "") for name in RULES}
    basis = {name: text for name in RULES if (text := form.get(f"basis-{name}", ""))}
    values = before.model_dump() | rules | {"valid_from": form.get("valid_from", ""), "basis": basis}
    try:
        return POLICY.validate_python(values, strict=False)
    except ValidationError as error:
        names = [str(one["loc"][0]) if one["loc"] else one["msg"].rpartition(", ")[2] for one in error.errors()]
        return Refusal(Problem.FIELD_INVALID, ", ".join(names))


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_RULES)
    sets, _ = asks(Action.SET_RULES)

    def page(request: Request, signed: Signed, refusal: Refusal | None = None, **more: Any) -> Response:
        home, now = context.home_id, context.clock()
        with context.engine.connect() as connection:
            versions = policies.policies(connection, home)
            rules = policy_of(connection, home, now)
            values = {
                "rules": rules,
                "typed": more.pop("typed", {}),
                "names": RULES,
                "yes_no": YES_OR_NO,
                "versions": [(one, *rest, changed(_before(versions, one), one)) for one, *rest in versions],
                "limits": limits_of(connection, home),
                "limit_names": tuple(Limits.model_fields),
                "people": staff.names(connection, home),
                "today": local(now).date(),
                **more,
            }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "rules", signed, values, refusal=refusal, status=status)

    def second_of(request: Request, form: dict[str, str]) -> Any:
        return access.second(request, form.get("second_staff_no", ""), form.get("second_password", ""))

    def back(request: Request, part: str) -> Response:
        return RedirectResponse(f"{request.scope['root_path']}/rules#{part}", 303)

    @app.get("/rules")
    def rules(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return page(request, signed)

    @app.post("/rules")
    async def set_(request: Request, signed: Annotated[Signed, sets]) -> Response:
        form, now = {name: str(value).strip() for name, value in (await request.form()).items()}, context.clock()
        with context.engine.connect() as connection:
            policy = typed_policy(policy_of(connection, context.home_id, now), form)
        if isinstance(policy, Refusal):
            return page(request, signed, policy, typed=form)
        try:
            second = second_of(request, form)
        except Refused as error:
            return page(request, signed, error.refusal, typed=form)
        done = set_policy.handle(context, policy, signed.staff_no, second, now)
        return page(request, signed, done, typed=form) if isinstance(done, Refusal) else back(request, "versions")

    @app.post("/rules/limits")
    async def limit(
        request: Request,
        signed: Annotated[Signed, sets],
        second: Annotated[StaffNo | Refusal | None, asking.second_by(access)],
        name: Annotated[str, Form(max_length=30)] = "",
        value: Annotated[int, Form()] = 0,
    ) -> Response:
        if isinstance(second, Refusal):
            return page(request, signed, second)
        with context.engine.connect() as connection:
            people = load_staff(connection, context.home_id)
        alone = confirmed(signed.staff_no, second, people, Action.SET_RULES)
        done = alone or set_limit.handle(context, name, value, context.clock(), signed.staff_no)
        return page(request, signed, done) if isinstance(done, Refusal) else back(request, "limits")


def _before(versions: list[Any], one: Policy) -> Policy:
    """The version before this one; the product's own rules before the first."""
    return next((other for other, *_ in versions if other.version == one.version - 1), Policy())
