"""Ashes and burial reform: a family signs up from its case, and what is buried there closes the case's ash trail."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardsvc import modules
from cardsvc.api.trails import Trails
from cardsvc.api.uploads import work_due
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.local_time import local
from cardsvc.core.plug import discover
from cardsvc.core.records import Fault, Wrong
from cardsvc.core.terms import Destination, Reason
from cardsvc.demo.phone import collection_code
from cardsvc.handlers import import_rows, withdraw_row
from cardsvc.handlers.keep_row import Faulty
from cardsvc.modules import Module
from cardsvc.rows import keeping, uploads
from cardsvc.rows import trails as rows
from cardsvc.rows.hindering import Hindrance
from cardsvc.rows.keeping import Kept, Where
from cardsvc.store.engine import WRITES
from tests.service.conftest import founded
from tests.service.test_verify import fault
from tests.support.desk import Desk
from tests.support.files import kept_file
from tests.support.home import ID_NO, Service
from tests.support.rows import CLERK, SECOND, Clerk, columns
from tests.support.telling import FIRE, READY, TO_STORAGE, Told, collected

pytestmark = pytest.mark.one_engine
__all__ = ["founded"]
MODULES = {name: one for name, one in discover(modules, "MODULE", Module).items() if one.trail is not None}
OTHER_ID_NO = "330302194001010029"
TWO = {"second_staff_no": "1016", "second_password": "1016" * 2}


@dataclass
class Park:
    """The module, its clerk, and the desk of the home that plans where ashes go."""

    service: Service
    clerk: Clerk

    @property
    def trails(self) -> Trails:
        return Trails(self.service.context)

    def event(
        self, way: str = "树葬", places: int = 3, name: str = "清明树葬", county: str = "330302", days: int = 0
    ) -> str:
        """An event that is open, so many days from now."""
        held_on = local(self.service.clock.now).date() + timedelta(days=days)
        typed = {"name": name, "way": way, "held_on": held_on.isoformat(), "place": "永嘉绿园", "county": county}
        row_id = self.clerk.types("event", **typed, places=str(places), published="是")
        self.clerk.moves("event", row_id, "open")
        return row_id

    def signs(self, case: Told, event: str) -> int:
        page = f"cases/{case.case_no}/sign-up"
        return int(Desk(self.service, "1015").post(page, module="burial_reform", event=event).status_code)

    def sign_up(self, case: Told) -> Kept:
        module, context = self.clerk.module, self.service.context
        assert module.trail is not None
        with context.engine.connect() as connection:
            return rows.of_cases(connection, context.home_id, module, module.trail, [case.case_no])[case.case_no]

    def buries(self, row_id: str, event: str, **filled: str) -> None:
        """The family is told, comes, and two clerks see the ashes buried."""
        self.clerk.moves("sign_up", row_id, "notify", event=event)
        self.clerk.moves("sign_up", row_id, "confirm_for")
        filled = {"spot": "12 号树", "certificate": "EC-0012"} | filled
        self.clerk.moves("sign_up", row_id, "bury", SECOND, **filled)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def park(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Park]:
    if request.param == "sqlite":
        dsn = f"sqlite:///{tmp_path / 'onecard.db'}"
    else:
        dsn = request.getfixturevalue("postgres").new_database(like=request.getfixturevalue("founded"))
    running = Service(dsn, modules=tuple(MODULES.values()))
    yield Park(running, Clerk(running, MODULES["burial_reform"]))
    running.close()


def handed(case: Told, destination: Destination = Destination.TREE) -> None:
    """The whole way up to the box in its collector's hands."""
    case.go(*TO_STORAGE, *READY, Step.DEPOSIT, *FIRE, Step.SEAL, Step.CERTIFY, Step.SETTLE)
    collected(case.service, case.case_no, case.card)
    code = collection_code(case.service.context, case.case_no)
    case.does(Step.RELEASE, destination=destination, code=code)


def page_of(park: Park, case: Told) -> str:
    return str(Desk(park.service, "1015").get(f"cases/{case.case_no}").text)


def test_a_family_signs_up_from_its_case_and_its_rest_is_planned_by_the_same_act(park: Park) -> None:
    case, event = Told.begun(park.service), park.event(way="海葬", places=1, name="春季海葬", days=60)
    page = page_of(park, case)
    assert "春季海葬" in page and "剩 1 名额" in page

    assert park.signs(case, event) == 303

    row = park.sign_up(case)
    assert (row.values["case_no"], row.values["event"], row.values["way"]) == (case.case_no, event, "sea")
    assert (row.values["deceased"], row.values["applicant"]) == ("王守义", "王小雨")
    assert row.values["deceased_id_no"] is not None and row.county == "330302"
    assert (case.case.ash_plan, local(case.case.rest_at or park.service.clock.now).hour) == (Destination.SEA, 9)
    page = page_of(park, case)
    assert "已报名" in page and "剩 1 名额" not in page
    assert park.signs(case, event) == 409


def test_a_place_is_offered_once_and_no_event_that_is_over_or_closed(park: Park) -> None:
    one, event = Told.begun(park.service), park.event(places=1)
    other = Told.begun(park.service, 2, id_no=OTHER_ID_NO, deceased_name="林长河")
    assert park.signs(one, event) == 303

    assert "清明树葬" not in page_of(park, other)
    assert park.signs(other, event) == 409
    assert other.case.ash_plan is None

    park.clerk.moves("sign_up", park.sign_up(one).id, "withdraw_for", reason="改葬公墓")
    assert "清明树葬" in page_of(park, other)
    park.service.clock.forward(days=61)
    assert "清明树葬" not in page_of(park, other)
    assert park.signs(other, event) == 422
    closed = park.event(name="夏季树葬")
    park.clerk.moves("event", closed, "cancel", note="台风")
    assert park.signs(other, closed) == 422


def test_what_is_buried_in_the_module_closes_the_ash_trail_of_its_case_once(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    park.signs(case, event)
    handed(case)
    assert park.trails.close_due() == {}
    shown = Desk(park.service, "1015").get("ashes/rest").text
    assert "树葬 · 已报名" in shown and case.case_no in shown
    row_id = park.sign_up(case).id

    park.buries(row_id, event)

    first, second = park.trails, park.trails
    assert [first.close_due(), second.close_due()] == [{"closed": 1}, {}]
    assert (case.case.stage, case.case.place.kind, case.case.gaps) == ("at_rest", "destination", ())
    last = case.case.last(Step.CONFIRM_REST)
    assert last is not None and last.cause == f"module:burial_reform:sign_up:{row_id}" and not last.observed
    page = page_of(park, case)
    assert "12 号树" in page and "EC-0012" in page and "清明树葬" in page
    assert case.case_no not in Desk(park.service, "1015").get("ashes/rest").text
    assert fault(park.service) is None, "facts, folds, ledger and log agree"


def test_ashes_that_come_back_are_not_laid_to_rest_again_by_the_same_burial(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    park.signs(case, event)
    handed(case)
    park.buries(park.sign_up(case).id, event)
    park.trails.close_due()

    case.does(Step.RETURN_ASHES)

    assert case.case.stage == "sealed"
    assert park.trails.close_due() == {"done": 1}
    assert case.case.stage == "sealed"


def test_ashes_that_nobody_has_collected_wait_and_a_hold_keeps_them_waiting(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    park.signs(case, event)
    case.go(*TO_STORAGE, *READY, Step.DEPOSIT, *FIRE, Step.SEAL, Step.CERTIFY, Step.SETTLE)
    park.buries(park.sign_up(case).id, event)
    assert park.trails.close_due() == {"waiting": 1}

    collected(park.service, case.case_no, case.card)
    code = collection_code(park.service.context, case.case_no)
    case.does(Step.RELEASE, destination=Destination.TREE, code=code)
    hold = Details(reason=Reason.DISPUTE, blocks=(Step.CONFIRM_REST,))
    case.office.step(case.case_no, Step.HOLD, hold)
    assert park.trails.close_due() == {"waiting": 1}
    case.office.step(case.case_no, Step.LIFT_HOLD, Details(reason=Reason.DISPUTE))
    assert park.trails.close_due() == {"closed": 1}


def test_of_several_boxes_only_the_one_that_was_meant_rests(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    park.signs(case, event)
    case.go(*TO_STORAGE, *READY, Step.DEPOSIT, *FIRE, Step.SEAL, Step.SPLIT, Step.CERTIFY, Step.SETTLE)
    for label, destination in (("L0001", Destination.TREE), ("L0002", Destination.HOME)):
        collected(park.service, case.case_no, case.card)
        code = collection_code(park.service.context, case.case_no)
        case.does(Step.RELEASE, label=label, destination=destination, code=code)
    park.buries(park.sign_up(case).id, event)

    assert park.trails.close_due() == {"closed": 1}

    assert {one.label: one.place.kind.value for one in case.case.portions} == {
        "L0001": "destination",
        "L0002": "collector",
    }
    assert case.case.stage == "released"


def test_a_sign_up_of_who_the_deceased_turned_out_not_to_be_closes_nothing(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    park.signs(case, event)
    handed(case)
    page = f"cases/{case.case_no}/correct/identity"
    answer = Desk(park.service, "1015").post(page, deceased_name="林长河", id_no=OTHER_ID_NO, **TWO)
    assert answer.status_code == 303, answer.text

    park.buries(park.sign_up(case).id, event)

    assert park.trails.close_due() == {"another": 1}
    assert case.case.stage == "released"


SIGN_UP = {"way": "树葬", "applicant": "王小雨", "deceased": "王守义", "signed_on": "2026-11-01"}


def test_a_sign_up_that_names_a_case_is_of_its_person_by_the_number_and_of_its_county(park: Park) -> None:
    case, event = Told.begun(park.service), park.event(county="330300")
    typed = SIGN_UP | {"case_no": case.case_no}

    for wrong in ({}, {"deceased_id_no": OTHER_ID_NO}, {"deceased_id_no": ID_NO, "county": "330324"}):
        assert columns(park.clerk.tries("sign_up", **typed | wrong)) == ["case_no"], wrong
    assert columns(park.clerk.tries("sign_up", **typed | {"case_no": "WZ-2026-099999-7"})) != []
    row_id = park.clerk.types("sign_up", **typed, deceased_id_no=ID_NO)

    handed(case)
    park.buries(row_id, event)
    assert park.trails.close_due() == {"closed": 1}


@pytest.mark.parametrize("wrong", [{}, {"deceased_id_no": OTHER_ID_NO}, {"deceased_id_no": ID_NO, "county": "330324"}])
def test_a_row_of_a_file_that_names_another_persons_or_countys_case_closes_nothing(
    park: Park, wrong: dict[str, str]
) -> None:
    case, event = Told.begun(park.service), park.event(county="330300")
    handed(case)
    row_id = park.clerk.types("sign_up", **SIGN_UP | wrong)
    where = Where(park.service.context.home_id, "burial_reform", park.clerk.module.record("sign_up"))
    with park.service.context.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(where.table.update().values(case_no=case.case_no))

    park.buries(row_id, event)

    assert park.trails.close_due() == {"another": 1}
    assert case.case.stage == "released"


def test_of_nobody_whose_number_is_known_a_sign_up_is_known_by_the_name(park: Park) -> None:
    case, event = Told.begun(park.service, id_no=None), park.event()
    handed(case)

    assert columns(park.clerk.tries("sign_up", **SIGN_UP | {"case_no": case.case_no, "deceased": "林长河"})) == [
        "case_no"
    ]
    row_id = park.clerk.types("sign_up", **SIGN_UP | {"case_no": case.case_no, "deceased": "王守義"})

    park.buries(row_id, event, certificate="证 12")
    assert park.trails.close_due() == {"closed": 1}


def test_nobody_is_buried_before_the_day_of_the_event_nor_at_one_that_is_cancelled(park: Park) -> None:
    event = park.event(days=60)
    row_id = park.clerk.types("sign_up", **SIGN_UP, event=event)
    park.clerk.moves("sign_up", row_id, "notify", event=event)
    park.clerk.moves("sign_up", row_id, "confirm_for")
    spot = {"spot": "12 号树", "certificate": "EC-0012"}

    assert columns(park.clerk.tries_move("sign_up", row_id, "bury", SECOND, **spot)) == ["event"]

    park.service.clock.forward(days=60)
    park.clerk.moves("sign_up", row_id, "bury", SECOND, **spot)
    cancelled = park.event()
    park.clerk.moves("event", cancelled, "cancel", note="台风")
    assert columns(park.clerk.tries("sign_up", **SIGN_UP, event=cancelled)) == ["event"]


def test_a_place_is_given_once_by_the_module_too_and_for_the_events_own_way(park: Park) -> None:
    event, more = park.event(places=1), park.event(places=2)
    first = park.clerk.types("sign_up", **SIGN_UP, event=event)
    assert columns(park.clerk.tries("sign_up", **SIGN_UP | {"way": "海葬"}, event=more)) == ["event"]

    assert park.clerk.tries("sign_up", **SIGN_UP, event=event) == Faulty((Fault("event", Wrong.FULL),))
    second = park.clerk.types("sign_up", **SIGN_UP)
    assert park.clerk.tries_move("sign_up", second, "notify", event=event) == (Fault("event", Wrong.FULL),)
    park.clerk.moves("sign_up", first, "notify", event=event)
    both = [park.clerk.types("sign_up", **SIGN_UP, event=more) for _ in range(2)]
    assert len(both) == 2
    fewer = {"name": "清明树葬", "way": "树葬", "held_on": "2026-12-04", "place": "永嘉绿园", "published": "是"}
    assert park.clerk.edits("event", more, **fewer, places="1") == Faulty((Fault("places", Wrong.FULL),))

    park.clerk.moves("sign_up", first, "withdraw_for", reason="改葬公墓")
    park.clerk.moves("sign_up", second, "notify", event=event)


def test_a_file_takes_no_more_places_than_there_are(park: Park) -> None:
    event = park.event(places=2)
    park.clerk.types("sign_up", **SIGN_UP, event=event)
    context, record = park.service.context, park.clerk.module.record("sign_up")
    where = Where(context.home_id, "burial_reform", record)
    line = f"鹿城区,树葬,王小雨,王守义,2026-11-01,{event}\n"
    file = ("县（市、区）,葬式,报名家属,逝者,报名日期,活动\n" + line * 2).encode()
    upload = import_rows.hand_in(context, where, io.BytesIO(file), "报名.csv", None, CLERK, context.clock())
    assert isinstance(upload, str)

    work_due(context)

    with context.engine.connect() as connection:
        found = uploads.one(connection, context.home_id, upload)
    assert found is not None and [(one.row, one.fault) for one in found.found.faults] == [
        (3, Fault("event", Wrong.FULL))
    ]


def test_a_sign_up_of_a_cancelled_case_closes_nothing(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    park.signs(case, event)
    row_id = park.sign_up(case).id
    case.office.step(case.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))
    park.buries(row_id, event)

    assert park.trails.close_due() == {}
    assert case.case.stage == "cancelled"


def test_cemeteries_with_plots_left_can_be_chosen_and_the_choice_is_shown(park: Park) -> None:
    common = {"kind": "公益性", "plots": "100", "price_basis": "免费"}
    here = park.clerk.types("cemetery", name="云岭公墓", plots_used="99", **common)
    park.clerk.types("cemetery", name="青山公墓", plots_used="100", **common)
    case = Told.begun(park.service)
    page = page_of(park, case)
    assert "云岭公墓" in page and "青山公墓" not in page

    form = {"step": "plan_rest", "destination": "cemetery", "resting": here, "starts": "2027-04-05T09:00"}
    assert Desk(park.service, "1015").post(f"cases/{case.case_no}/enter", **form).status_code == 303

    assert (case.case.ash_plan, case.case.resting) == (Destination.CEMETERY, here)
    assert "公墓: <b>云岭公墓</b>" in page_of(park, case)
    case.does(Step.PLAN_ASHES, destination=Destination.HOME)
    assert case.case.resting is None


def test_without_the_module_a_case_offers_nothing_and_its_ashes_rest_by_hand(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    park.signs(case, event)
    handed(case)
    park.buries(park.sign_up(case).id, event)
    park.service.context = replace(park.service.context, modules={})

    assert 'id="rest"' not in page_of(park, case)
    assert Desk(park.service, "1015").get("ashes/rest").status_code == 200
    assert park.signs(case, event) == 404
    assert Trails(park.service.context).close_due() == {}
    case.does(Step.CONFIRM_REST, at=StationKind.ASHES)
    assert case.case.stage == "at_rest"


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_a_trail_names_columns_and_states_that_its_records_have(module: Module) -> None:
    trail = module.trail
    assert trail is not None
    s, ups, events = trail.sign_ups, module.record(trail.sign_ups.record), module.record(trail.events.record)
    for name in (s.case_no, s.deceased, s.person, s.applicant, s.phone, s.signed_on, s.way, s.spot, s.certificate):
        assert ups.column(name)
    assert {s.rested, *s.given_up} <= set(ups.column(s.state).choices)
    assert ups.column(s.event).of == events.name
    assert trail.events.open in events.column(trail.events.state).choices
    assert set(events.column(trail.events.way).choices) == set(ups.column(s.way).choices) == set(trail.ways)
    assert events.column(trail.events.held_on) and events.column(trail.events.places)
    assert trail.graves is None or module.record(trail.graves.record).column(trail.graves.left)


def withdraws(park: Park, row_id: str, record: str = "sign_up") -> object:
    """What stands against calling a row a mistake; None when it is withdrawn."""
    context, module = park.service.context, park.clerk.module
    with context.engine.connect() as connection:
        row = keeping.find(connection, Where(context.home_id, module.name, module.record(record)), row_id, None)
    assert row is not None
    seen, people = (row_id, row.version), (CLERK, SECOND)
    return withdraw_row.handle(
        context, module, module.record(record), seen, "误录", None, people, park.service.clock.now
    )


def test_a_sign_up_by_which_a_case_s_ashes_go_is_no_mistake_until_it_is_given_up(park: Park) -> None:
    case, event = Told.begun(park.service), park.event(days=60)
    park.signs(case, event)
    row = park.sign_up(case)

    assert withdraws(park, row.id) == (Hindrance("", case.case_no),)
    assert withdraws(park, event, "event") == (Hindrance("sign_up", row.id),)

    park.clerk.moves("sign_up", row.id, "withdraw_for", reason="不来了")
    assert withdraws(park, row.id) is None
    assert withdraws(park, event, "event") is None


def test_a_sign_up_whose_ashes_rest_stands(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    park.signs(case, event)
    handed(case)
    row = park.sign_up(case)
    park.buries(row.id, event)
    assert park.trails.close_due()["closed"] == 1

    assert withdraws(park, row.id) == (Hindrance("", case.case_no),)


def test_a_case_has_one_sign_up_that_is_not_given_up_by_form_file_and_restoring(park: Park) -> None:
    case, event = Told.begun(park.service), park.event(places=9)
    park.signs(case, event)
    first = park.sign_up(case)
    today = local(park.service.clock.now).date().isoformat()
    typed = {"applicant": "王小雨", "way": "树葬", "deceased": "王守义", "deceased_id_no": ID_NO, "signed_on": today}
    typed |= {"case_no": case.case_no, "county": "330302"}
    twice = (Fault("case_no", Wrong.TWICE),)

    again = park.clerk.tries("sign_up", **typed, event=event)
    assert isinstance(again, Faulty) and again.faults == twice
    assert [one.fault for one in kept_file(park.clerk, "sign_up", typed).found.faults] == [twice[0]]

    park.clerk.moves("sign_up", first.id, "withdraw_for")
    anew = park.clerk.types("sign_up", **typed)
    assert park.sign_up(case).id == anew
