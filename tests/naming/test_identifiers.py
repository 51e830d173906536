"""The three identifiers of the crew's sheet: always three, never the whole ID number."""

import pytest

from cardsvc.naming.identity import Identifier, identifiers

PLACE, APPLICANT = "鹿城区某路 1 号", "王小梅"


@pytest.mark.parametrize(
    ("name", "id_no", "shown"),
    [
        ("王德福", "330302194001010010", (("name", "王德福"), ("id_ends", "0010"), ("birth_date", "1940-01-01"))),
        ("SMITH", "E12345678", (("name", "SMITH"), ("id_ends", "5678"), ("place", PLACE))),
        ("无", "WZ2026000123", (("name", "无"), ("id_ends", "0123"), ("place", PLACE))),
        ("王德福", "", (("name", "王德福"), ("place", PLACE), ("applicant", APPLICANT))),
    ],
)
def test_the_sheet_has_the_best_three_that_the_booking_tells(
    name: str, id_no: str, shown: tuple[tuple[str, str], ...]
) -> None:
    found = identifiers(name, id_no, PLACE, APPLICANT)

    assert found == tuple((Identifier(kind), value) for kind, value in shown)
    assert all(id_no not in value for _, value in found if id_no)
