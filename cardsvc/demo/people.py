"""Invented people: names that mean nothing, ID numbers with valid check digits, phones that nobody has."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random  # noqa: TID251 - the demo is seeded: the same people every time

from cardsvc.invented import COUNTIES, GIVEN, SURNAMES, id_no, phone


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who has died, and who arranges the funeral."""

    name: str
    id_no: str
    county: str
    applicant: str
    phone: str
    relation: str
    address: str


def invent(random: Random, died: date) -> Invented:
    """Somebody of 40 to 99 years, living in one of the city's counties."""
    surname = random.choice(SURNAMES)
    county = random.choice(COUNTIES)
    born = died - timedelta(days=random.randrange(40 * 365, 99 * 365))
    return Invented(
        name=surname + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2)))),
        id_no=id_no(random, county, born),
        county=county,
        applicant=random.choice((surname, random.choice(SURNAMES))) + "".join(random.choices(GIVEN, k=2)),
        phone=phone(random),
        relation=random.choice(("spouse", "child", "child", "child", "sibling", "grandchild")),
        address=f"演示路{random.randrange(1, 300)}号{random.randrange(1, 40)}栋{random.randrange(101, 1900)}室",
    )
