"""Who may ask for a page or send a form: somebody with the permission, the form's own token, the second person."""

from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Form, Query, Request
from pydantic import BeforeValidator, Field, ValidationError

from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal

Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A number of an address that a database can hold."""
OneDay = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))]
"""A day of an address; there are years before and after it."""
Day = Annotated[OneDay | None, BeforeValidator(lambda said: said or None), Query()]
"""As `OneDay`; a field that somebody emptied is no day."""


def asks(access: Access, action: Action) -> tuple[Any, Any]:
    """Two dependencies: for a form that changes something, and for a page that shows it."""

    def who(request: Request, form_token: Annotated[str, Form()] = "") -> Signed:
        return sends(access, request, action, form_token)

    def looks(request: Request) -> Signed:
        return access.allows(request, action)

    return Depends(who), Depends(looks)


def asks_whole(access: Access, action: Action) -> tuple[Any, Any]:
    """As `asks`, for what is about the whole home: nobody of one county only."""

    def whole(signed: Signed) -> Signed:
        if signed.county is not None:
            raise Refused(Refusal(Problem.NOT_ALLOWED, "county"))
        return signed

    def who(request: Request, form_token: Annotated[str, Form()] = "") -> Signed:
        return whole(sends(access, request, action, form_token))

    def looks(request: Request) -> Signed:
        return whole(access.allows(request, action))

    return Depends(who), Depends(looks)


def sends(access: Access, request: Request, action: Action, form_token: str) -> Signed:
    """Who sends this form, if they may. Raises Refused."""
    signed = access.allows(request, action)
    if form_token != signed.form_token:
        raise Refused(Refusal(Problem.FORM_EXPIRED))
    return signed


def second_by(access: Access) -> Any:
    """A dependency: the second person whose number and password stand in the form, None, or why they cannot be."""

    def second_of(
        request: Request,
        second_staff_no: Annotated[str, Form(max_length=20)] = "",
        second_password: Annotated[str, Form(max_length=200)] = "",
    ) -> StaffNo | Refusal | None:
        try:
            return access.second(request, second_staff_no.strip(), second_password)
        except Refused as error:
            return error.refusal

    return Depends(second_of)


def agreed(second: StaffNo | Refusal | None) -> StaffNo | None:
    """The second person of a form. Raises Refused where who was named is none."""
    if isinstance(second, Refusal):
        raise Refused(second)
    return second


def wrong_fields(error: ValidationError) -> Refusal:
    """What was typed and cannot be, by the names of its fields."""
    names = dict.fromkeys(str(one["loc"][0]) for one in error.errors() if one["loc"])
    return Refusal(Problem.FIELD_INVALID, ", ".join(names))
