"""Rules and limits that a city sets, each with its legal basis: data, never code (DOMAIN.md, first paragraph)."""

from datetime import date
from typing import Any

from pydantic import Field, model_validator

from cardsvc.core.facts import Wire


class Policy(Wire):
    """One version of a city's rules; `basis` names the legal basis of each field. Days, minutes, grams, centimetres."""

    version: int = Field(default=0, ge=0)
    valid_from: date = date(2026, 1, 1)
    ash_plan_required: bool = True
    "Without an ash plan no cremation; False: it is only shown as a warning."
    unclaimed_notice_days: int = Field(default=60, ge=1, le=400)
    storage_days: int = Field(default=7, ge=1, le=60)
    storage_extended_days: int = Field(default=30, ge=1, le=400)
    "Beyond these the authority decides (`Approval.STORAGE`)."
    storage_notice_days: int = Field(default=2, ge=0, le=30)
    ash_storage_days: int = Field(default=365, ge=1, le=3_650)
    ash_notice_days: int = Field(default=30, ge=0, le=400)
    ash_weight_min_g: int = Field(default=300, ge=1, le=20_000)
    ash_weight_max_g: int = Field(default=8_000, ge=1, le=20_000)
    rest_follow_up_days: int = Field(default=30, ge=1, le=400)
    collection_code_minutes: int = Field(default=120, ge=5, le=2_880)
    hall_minutes: int = Field(default=60, ge=15, le=480)
    furnace_minutes: int = Field(default=90, ge=15, le=480)
    video_required: bool = True
    slot_min_tenths: int = Field(default=-200, ge=-400, le=200)
    slot_max_tenths: int = Field(default=40, ge=-400, le=200)
    till_difference_fen: int = Field(default=1_000, ge=0, le=1_000_000)
    "A drawer that differs by more is closed by two people."
    review_bulk_fen: int = Field(default=10_000, ge=0, le=1_000_000)
    "Flags of safe rules (`core.review.SAFE`) below it may be accepted together; 0: none."
    basis: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _ordered(self) -> "Policy":
        pairs: tuple[tuple[str, str], ...] = (
            ("storage_days", "storage_extended_days"),
            ("ash_weight_min_g", "ash_weight_max_g"),
            ("slot_min_tenths", "slot_max_tenths"),
        )
        for low, high in pairs:
            if getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low} is above {high}")
        unknown = set(self.basis) - set(RULES)
        if unknown:
            raise ValueError(f"no such rule: {', '.join(sorted(unknown))}")
        return self


RULES: tuple[str, ...] = tuple(name for name in Policy.model_fields if name not in ("version", "valid_from", "basis"))
"""The fields that are rules, in the order in which the console shows them."""


def changed(before: Policy, after: Policy) -> tuple[tuple[str, Any, Any], ...]:
    """The rules in which two versions differ: name, old value, new value."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in RULES)
    return tuple((name, old, new) for name, old, new in pairs if old != new)
