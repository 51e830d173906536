"""Corrections that bring personal data: the right name and ID number, another applicant. They travel to be sealed."""

from pydantic import Field

from cardsvc.core.facts import Wire


class RightIdentity(Wire):
    """Who the deceased really is."""

    deceased_name: str = Field(min_length=1, max_length=60)
    id_no: str | None = Field(default=None, max_length=32)


class NewApplicant(Wire):
    """Who arranges the funeral from now on."""

    applicant_name: str = Field(min_length=1, max_length=60)
    applicant_phone: str = Field(pattern=r"^\+?[0-9 \-]{5,20}$")
    relation: str = Field(pattern=r"^[a-z_]{2,24}$")
