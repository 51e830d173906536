"""What people are called where somebody chooses among them: two of one name are never the same two words."""

import re

import pytest
from stdnum.cn import ric

from cardsvc.core.records import Fault, Kind, Wrong
from cardsvc.handlers.keep_row import Faulty
from cardsvc.modules.elder_care import MODULE
from cardsvc.naming.cells import ends
from tests.modules.conftest import CLERK
from tests.support.desk import Desk
from tests.support.elders import receives
from tests.support.home import Service
from tests.support.rows import Clerk

pytestmark = pytest.mark.one_engine


def id_no(day: str, number: int) -> str:
    """An invented ID number with its check digit (GB 11643)."""
    body = f"330302{day}{number:03}"
    return body + str(ric.calc_check_digit(f"{body}0"))


def test_two_people_of_one_name_are_told_apart_where_one_is_paid(both: Service) -> None:
    clerk = Clerk.of(both, MODULE)
    clerk.granted()
    older, younger = id_no("19400101", 41), id_no("19520304", 41)
    first = clerk.types("elder", name="王伟", id_no=older)
    second = clerk.types("elder", name="王伟", id_no=younger)

    page = Desk(both, CLERK).get("modules/elder_care/subsidy_payment/new?county=330302").text

    offered = dict(re.findall(r'<option value="([0-9a-f]{32})">([^<]*)</option>', page))
    assert offered == {first: f"王伟 1940…{older[-4:]}", second: f"王伟 1952…{younger[-4:]}"}
    assert older not in page and younger not in page


def test_a_typed_name_that_two_people_have_pays_neither_and_with_its_end_the_right_one(both: Service) -> None:
    clerk = Clerk.of(both, MODULE)
    older, younger = id_no("19400101", 41), id_no("19520304", 41)
    clerk.types("elder", name="王伟", id_no=older)
    second = clerk.types("elder", name="王伟", id_no=younger)
    alone = clerk.types("elder", name="林某", id_no=id_no("19400101", 43))
    for one in (second, alone):
        receives(clerk, one)

    neither = clerk.tries("subsidy_payment", elder="王伟", paid_on="2026-11-02", amount="100")

    assert isinstance(neither, Faulty) and Fault("elder", Wrong.SEVERAL_ROWS) in neither.faults
    ways = ((f"王伟 1952…{younger[-4:]}", second, "11"), (younger, second, "12"), ("林某", alone, "11"))
    for said, meant, month in ways:
        row_id = clerk.types("subsidy_payment", elder=said, paid_on=f"2026-{month}-02", amount="100")
        assert clerk.row("subsidy_payment", row_id).values["elder"] == meant, said


def test_the_end_of_a_number_is_as_much_as_a_mask_shows_and_the_year() -> None:
    assert ends(Kind.ID_NO, "330302194001010029") == "1940…0029"
    assert ends(Kind.PHONE, "13800000001") == "…0001" and ends(Kind.PHONE, "") == ""
