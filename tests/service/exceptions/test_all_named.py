"""Every exception that the system must carry has its story, named as the domain names it (DOMAIN.md section 5)."""

from collections.abc import Iterable

from tests.service.exceptions import (
    test_ashes,
    test_body,
    test_card_and_identity,
    test_family_and_money,
    test_operations,
)

NAMED = {
    "body": (
        *("out and back in", "transfer to another home", "storage extension", "police hold and release"),
        *("unidentified", "unclaimed or refused", "infectious", "decomposed or oversize", "several remains at once"),
        *("stillborn", "body part", "exhumed bones", "minority", "foreign", "Hong Kong, Macau, Taiwan"),
    ),
    "card and identity": (
        *("card lost", "card damaged", "card swapped", "two cards for one case", "tag lost", "network down"),
        *("duplicate case merged", "wrong name found later", "near miss freezes both cases"),
    ),
    "family and money": (
        *("disputed applicant", "farewell cancelled", "farewell moved", "refund", "waiver proven late"),
        *("waiver withdrawn", "third-party payer", "price list changed between quote and service"),
    ),
    "operations": (
        *("furnace trips mid-run", "power cut", "vehicle breaks down with a body on board", "surge"),
        *("staff member is a relative", "certificate lost or misprinted"),
    ),
    "ashes": ("split among relatives", "returned", "unclaimed", "renewed", "sea trip postponed"),
}
TOLD: dict[str, Iterable[str]] = {
    "body": test_body.STORIES,
    "card and identity": test_card_and_identity.STORIES,
    "family and money": test_family_and_money.EXCEPTIONS,
    "operations": test_operations.EXCEPTIONS,
    "ashes": test_ashes.EXCEPTIONS,
}


def test_every_exception_that_is_named_is_told() -> None:
    missing = {group: set(names) - set(TOLD[group]) for group, names in NAMED.items()}

    assert not any(missing.values()), missing
