"""Elders who receive a subsidy, as the office comes to it: an assessment, and two people for each decision."""

from tests.support.rows import SECOND, Clerk

ASSESSED = {
    "assessed_on": "2026-10-20",
    "assessor": "陈某",
    "kind": "首次评估",
    "finances": "低保",
    "living": "独居",
    "ability_score": "40",
    **{f"needs_{one}": "是" for one in ("meals", "bathing", "cleaning", "medical", "emergency")},
}


def receives(clerk: Clerk, elder: str, county: str = "330302") -> None:
    """An elder is assessed today's way and granted a subsidy from today on."""
    assessment = clerk.types("assessment", elder=elder, county=county, **ASSESSED)
    clerk.moves("assessment", assessment, "approve", SECOND)
    clerk.moves("elder", elder, "grant", SECOND)
