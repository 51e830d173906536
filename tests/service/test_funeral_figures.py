"""The funeral service's figures: counted in its own books, each with the page that lists what was counted."""

import re
from datetime import date

from cardsvc.core.facts import Step
from cardsvc.core.figures import Asked
from cardsvc.core.reporting import Period
from cardsvc.rows.counting import Counter
from cardsvc.rows.funeral import FUNERAL
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import FIRE, READY, TO_STORAGE, Told

MONTH = Period(date(2026, 11, 1), date(2026, 11, 30))
BEFORE = Period(date(2026, 10, 1), date(2026, 10, 31))
DAYS = f"first={MONTH.first}&last={MONTH.last}"


def figures(service: Service, period: Period = MONTH, county: str | None = None) -> dict[str, object]:
    with service.context.engine.connect() as connection:
        counter = Counter(connection, service.context.home_id, FUNERAL)
        return {one.name: counter.value(one.figure, period, county) for one in FUNERAL.indicators}


def test_the_service_counts_what_it_did(service: Service) -> None:
    one, two = Told.begun(service), Told.begun(service, 2, id_no=None)
    one.go(*TO_STORAGE, *READY)
    two.go(Step.DISPATCH)

    counted = figures(service)

    assert (counted["cases_opened"], counted["transports"], counted["cremations"]) == (2, 1, 0)
    assert counted["ashes_to_rest"] == 0 and isinstance(counted["revenue"], int) and counted["revenue"] > 0
    assert set(figures(service, BEFORE).values()) == {0}
    here = figures(service, county="330302")
    assert here["transports"] == 1 and here["revenue"] is None, "money is the home's, not a county's"
    assert figures(service, county="330381")["transports"] == 0


def test_the_page_behind_a_count_lists_exactly_what_was_counted(service: Service) -> None:
    told = Told.begun(service)
    told.go(*TO_STORAGE)
    desk, counted = Desk(service, "1016"), figures(service)
    for one in FUNERAL.indicators:
        assert isinstance(one.figure, Asked)
        page = desk.get(one.figure.link.format(first=MONTH.first, last=MONTH.last).removeprefix("/office/"))
        assert page.status_code == 200, one.name
        if "what=taps" in one.figure.link or "what=to_rest" in one.figure.link:
            rows = re.findall(r'<tr><td[^>]*><a href="/office/cases/', page.text)
            assert len(rows) == counted[one.name], one.name


def test_the_bureaus_leader_opens_what_she_is_told_and_neither_names_nor_the_homes_other_books(
    service: Service,
) -> None:
    told = Told.begun(service)
    told.go(*TO_STORAGE, *READY, *FIRE, Step.SEAL)
    leader, manager, counted = Desk(service, "1051"), Desk(service, "1015"), figures(service)
    assert (counted["ashes_to_rest"], counted["cremations"]) == (1, 1)

    report = leader.get(f"modules/half-year?span=days&from={MONTH.first}&to={MONTH.last}").text
    for one in FUNERAL.indicators:
        assert isinstance(one.figure, Asked)
        link = one.figure.link.format(first=MONTH.first, last=MONTH.last)
        assert link.replace("&", "&amp;") in report, one.name
        page, whole = (desk.get(link.removeprefix("/office/")) for desk in (leader, manager))
        assert (page.status_code, whole.status_code) == (200, 200), one.name
        assert (told.case_no in page.text) is (told.case_no in whole.text) is bool(counted[one.name]), one.name
        assert "/office/cases/" not in page.text and "/office/reports?" not in page.text, one.name
    taps, whole = (desk.get(f"reports/rows?what=taps&step=load&{DAYS}").text for desk in (leader, manager))
    assert "数量" in taps and "金额" not in taps
    assert "高某" in whole and "高某" not in taps, "who took the step is the home's to know"
    for closed in (
        "reports",
        f"reports.xlsx?every=month&day={MONTH.first}",
        f"reports/rows?what=came&{DAYS}",
        f"reports/rows?what=taps&{DAYS}",
        f"reports/rows?what=taps&step=load&observed=false&{DAYS}",
        f"reports/rows?what=stands&kind=deposit&{DAYS}",
        f"reports/rows?what=price&item=urn&{DAYS}",
        f"cases/{told.case_no}",
        "ashes",
    ):
        assert leader.get(closed).status_code == 403, closed
    for other in ("1052", "1053", "1010"):
        assert Desk(service, other).get(f"reports/rows?what=price&{DAYS}").status_code == 403, other


def test_the_funeral_service_has_statistics_for_who_sees_every_module(service: Service) -> None:
    Told.begun(service)

    address = "modules/funeral/statistics?span=month&day=2026-11-01"
    assert "火化" in Desk(service, "1051").get(address).text
    assert "step=load" in Desk(service, "1016").get(address).text
    assert Desk(service, "1052").get("modules/funeral/statistics").status_code == 404
    assert Desk(service, "1015").get("modules/funeral/statistics").status_code == 403
