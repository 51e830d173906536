"""Lists of real modules: each declared filter has its field, and rows are found by whom they are about."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardsvc.commands.ground import plugged
from tests.modules.conftest import COUNTY, LEADER
from tests.support.desk import Desk
from tests.support.elders import receives
from tests.support.granting import grant
from tests.support.home import ID_NO, Service
from tests.support.rows import Clerk

MODULES = plugged()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    place: Path = tmp_path_factory.mktemp("filters")
    service = Service(f"sqlite:///{place / 'onecard.db'}", modules=tuple(MODULES.values()))
    grant(service, COUNTY, MODULES)
    yield service
    service.close()


@pytest.mark.parametrize("name", sorted(MODULES))
def test_each_declared_filter_has_a_field_on_its_list(office: Service, name: str) -> None:
    desk = Desk(office, LEADER)
    for record in MODULES[name].records:
        page = desk.get(f"modules/{name}/{record.name}").text

        lacking = [one.name for one in record.columns if one.filtered and f'name="f.{one.name}"' not in page]
        assert lacking == [], record.name


@pytest.fixture(scope="module")
def elders(office: Service) -> dict[str, str]:
    """Two elders with a payment each: of the county, and of another one; what their payments' ids are."""
    clerk = Clerk(office, MODULES["elder_care"])
    paid = {"paid_on": "2026-11-02", "amount": "100"}
    here = clerk.types("elder", name="王伟", id_no=ID_NO, county="330324")
    other = clerk.types("elder", name="林秀", id_no="330302194001010029")
    receives(clerk, here, "330324")
    receives(clerk, other)
    first = clerk.types("subsidy_payment", elder=here, county="330324", voucher="甲-1", **paid)
    second = clerk.types("subsidy_payment", elder=other, voucher="乙-2", **paid)
    return {"here": first, "other": second}


def found(desk: Desk, path: str, text: str) -> set[str]:
    address = desk.post(f"modules/{path}/find", q=text).headers["location"]
    assert not re.search(r"\d{15}", re.sub("[0-9a-f]{32}", "", address)), "a number stands in no address"
    return set(re.findall(rf'/office/modules/{path}/([0-9a-f]{{32}})"', desk.http.get(address).text))


def test_a_payment_is_found_by_the_name_and_the_number_of_whom_it_was_paid(
    office: Service, elders: dict[str, str]
) -> None:
    desk = Desk(office, LEADER)

    assert found(desk, "elder_care/subsidy_payment", "王") == {elders["here"]}
    assert found(desk, "elder_care/subsidy_payment", ID_NO) == {elders["here"]}
    assert found(desk, "elder_care/subsidy_payment", "乙-2") == {elders["other"]}
    assert found(desk, "elder_care/subsidy_payment", "天外") == set()


def test_a_county_clerk_finds_by_whom_only_their_own_rows(office: Service, elders: dict[str, str]) -> None:
    desk = Desk(office, COUNTY)

    assert found(desk, "elder_care/subsidy_payment", "王") == {elders["here"]}
    assert found(desk, "elder_care/subsidy_payment", "林") == set()
    address = desk.post("modules/elder_care/subsidy_payment/find", q="330302194001010029").headers["location"]
    assert not re.search("[0-9a-f]{32}", address), "it does not say that another county's row has the number"


def test_inspections_are_filtered_by_year_and_organisation_typed_or_chosen(office: Service) -> None:
    clerk = Clerk(office, MODULES["social_orgs"])
    kept = {}
    for number in range(52):
        record = MODULES["social_orgs"].record("organisation")
        firsts = {one.name: next(iter(one.choices)) for one in record.typed if one.choices and one.needed}
        firsts |= {"standing": "备案"} | {one.name: "no" for one in record.typed if one.kind == "yes_no" and one.needed}
        kept[number] = clerk.types("organisation", name=f"协会{number:02}号", registered_on="2020-01-01", **firsts)
    rows = {
        (number, year): clerk.types("annual_inspection", organisation=kept[number], year=year, due_on="2026-05-31")
        for number in (7, 8)
        for year in ("2024", "2025")
    }
    desk, path = Desk(office, LEADER), "modules/social_orgs/annual_inspection"

    def listed(asked: str) -> set[str]:
        return set(re.findall(r'annual_inspection/([0-9a-f]{32})"', desk.get(f"{path}?{asked}").text))

    assert listed("f.year=2025") == {rows[7, "2025"], rows[8, "2025"]}
    assert listed("f.organisation=协会07") == {rows[7, "2024"], rows[7, "2025"]}
    assert listed(f"f.organisation={kept[8]}&f.year=2024") == {rows[8, "2024"]}
    page = desk.get(f"{path}?f.organisation={kept[8]}").text
    assert f'<option value="{kept[8]}" selected>协会08号</option>' in page
    assert '<input name="f.organisation"' in desk.get(path).text, "there are too many to choose from"
