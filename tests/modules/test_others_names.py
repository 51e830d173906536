"""What a county's clerk reads of a row that became another county's, where one of their own still leads to it."""

import re
from datetime import timedelta

import pytest

from cardsvc.core.local_time import local
from cardsvc.modules.elder_care import MODULE as ELDER_CARE
from cardsvc.modules.social_relief import MODULE as RELIEF
from tests.modules.conftest import CLERK, COUNTY
from tests.modules.test_by_two import texts
from tests.modules.test_elder_care import ASSESSED, ELDER
from tests.support.desk import Desk
from tests.support.granting import grant
from tests.support.home import Service
from tests.support.rows import Clerk

NUMBER, HERS = "330302194001010010", {"county": "330324"}
NEW = "诸葛新"


def clerk(service: Service, *, of: str) -> Clerk:
    """The bureau's clerk in a module, whose pages the county's clerk sees too."""
    found = Clerk.of(service, {one.name: one for one in (ELDER_CARE, RELIEF)}[of])
    for one in (CLERK, COUNTY):
        grant(service, one, [of, "sample"])
    return found


@pytest.fixture
def moved(both: Service) -> tuple[Service, str]:
    """An elder and their assessment went to another county, where they got another name and number; the day before."""
    bureau = clerk(both, of="elder_care")
    elder = bureau.types("elder", **ELDER | HERS)
    day = (local(both.clock.now).date() - timedelta(days=5)).isoformat()
    assessed = ASSESSED | {"elder": elder, "assessed_on": day}
    assessment = bureau.types("assessment", **assessed | HERS)
    both.clock.forward(days=3)
    assert bureau.edits("elder", elder, **ELDER | {"name": NEW, "id_no": NUMBER}) == elder
    assert bureau.edits("assessment", assessment, **assessed) == assessment
    return both, f"as_of={(local(both.clock.now).date() - timedelta(days=1)).isoformat()}"


def test_a_list_of_a_day_calls_who_is_another_county_s_now_as_they_were_called_and_without_a_number(
    moved: tuple[Service, str],
) -> None:
    service, then = moved
    county, city = Desk(service, COUNTY), Desk(service, CLERK)

    seen = county.get(f"modules/elder_care/assessment?{then}").text
    assert ELDER["name"] in seen and NEW not in seen and "0010" not in seen and "（现属鹿城区）" in seen
    assert NEW in city.get("modules/elder_care/assessment").text, "the city reads what is so now"
    assert NEW not in city.get(f"modules/elder_care/assessment?{then}").text, "and of a day what was so then"


def test_nobody_finds_in_a_list_of_a_day_by_what_another_county_s_row_says_now(moved: tuple[Service, str]) -> None:
    service, then = moved

    def found(staff_no: str, asked: str) -> bool:
        return "<tbody" in Desk(service, staff_no).get(f"modules/elder_care/assessment?{then}&{asked}").text

    for asked in (f"q={NUMBER}", f"q={NEW}", f"f.elder={NUMBER}", f"f.elder={NEW}"):
        assert (found(COUNTY, asked), found(CLERK, asked)) == (False, True), asked


def test_in_a_list_of_a_day_a_row_that_went_away_is_found_by_what_it_was_called_and_not_by_its_new_name(
    moved: tuple[Service, str],
) -> None:
    service, then = moved

    def found(staff_no: str, asked: str) -> bool:
        return "<tbody" in Desk(service, staff_no).get(f"modules/elder_care/elder?{then}&q={asked}").text

    assert (found(COUNTY, NEW), found(CLERK, NEW)) == (False, True)
    bureau = Clerk(service, ELDER_CARE)
    stays = ELDER | {"name": "公孙甲", "id_no": "330302194001010037"}
    other = bureau.types("elder", **stays | HERS)
    service.clock.forward(days=1)
    now = local(service.clock.now).date()
    assert bureau.edits("elder", other, **stays) == other
    then = f"as_of={(now - timedelta(days=1)).isoformat()}"
    assert found(COUNTY, "公孙") and found(CLERK, "公孙"), "so it was called there, too"


def test_a_row_whose_household_went_to_another_county_shows_nothing_of_it(both: Service) -> None:
    bureau = clerk(both, of="social_relief")
    household, member = texts(RELIEF.record("household")), texts(RELIEF.record("member"))
    home = bureau.types("household", **household | HERS)
    row_id = bureau.types("member", **member | HERS | {"household": home})
    assert bureau.edits("household", home, **household | {"head": NEW}) == home
    county, city, at = Desk(both, COUNTY), Desk(both, CLERK), "modules/social_relief/member"

    for page in (at, f"{at}/{row_id}", f"{at}/{row_id}/edit"):
        mine, theirs = city.get(page).text, county.get(page).text
        assert NEW in mine and NEW not in theirs and "不是您负责的记录" in theirs, page
    form = county.get(f"{at}/{row_id}/edit").text
    assert re.search(rf'value="{home}" selected', form), "it still leads there when the form is sent"
    assert f"/household/{home}" not in county.get(f"{at}/{row_id}").text, "a page that is not there is not offered"
    assert "<tbody" not in county.get(f"{at}?q={NEW}").text and "<tbody" in city.get(f"{at}?q={NEW}").text
