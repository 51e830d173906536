"""Invented people: names that mean nothing, ID numbers with valid check digits, phones that nobody has."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random  # noqa: TID251 - the demo is seeded: the same people every time

from stdnum.cn import ric

from cardsvc.core.invented import GIVEN, SURNAMES

COUNTIES = (
    "330302",
    "330303",
    "330304",
    "330305",
    "330324",
    "330326",
    "330327",
    "330328",
    "330329",
    "330381",
    "330382",
)


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
    stem = f"{county}{born:%Y%m%d}{random.randrange(1, 1000):03d}"
    return Invented(
        name=surname + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2)))),
        id_no=stem + ric.calc_check_digit(stem + "0"),
        county=county,
        applicant=random.choice((surname, random.choice(SURNAMES))) + "".join(random.choices(GIVEN, k=2)),
        phone=f"1380000{random.randrange(10_000):04d}",
        relation=random.choice(("spouse", "child", "child", "child", "sibling", "grandchild")),
        address=f"演示路{random.randrange(1, 300)}号{random.randrange(1, 40)}栋{random.randrange(101, 1900)}室",
    )
