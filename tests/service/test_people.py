"""People are managed: two for what weighs, a first password that is nobody's, leaving that ends what it should."""

import pytest
from sqlalchemy import text

from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.passwords import wrong_password, wrong_pin
from cardsvc.core.permissions import Role
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.staffing import Person
from cardsvc.core.wire import Outcome
from cardsvc.handlers import manage_staff, own_account
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, Told

ADMIN, AUDITOR, MANAGER, NEW = StaffNo("1017"), StaffNo("1016"), StaffNo("1015"), StaffNo("2001")
OWN, PIN = "four tulips in a row", "604913"


def person(*roles: Role, county: str | None = None) -> Person:
    return Person(NEW, "温良", roles, county)


def added(service: Service, *roles: Role, by: StaffNo = ADMIN, second: StaffNo | None = None) -> str | Refusal:
    return manage_staff.add(service.context, person(*roles), (by, second), service.clock.now)


def begins(service: Service, *roles: Role) -> str:
    """Somebody new with these roles; their first password."""
    first = added(service, *roles, second=AUDITOR)
    assert isinstance(first, str)
    return first


def chose(service: Service, first: str) -> None:
    refusal = own_account.choose(service.context, NEW, first, service.clock.now, new=OWN, pin=PIN)
    assert refusal is None


def desk_of(service: Service, password: str, staff_no: str = NEW) -> Desk:
    desk = Desk(service)
    answer = desk.http.post("/office/api/session", json={"staff_no": staff_no, "password": password})
    assert answer.status_code == 204, answer.text
    desk.form_token = desk.get("account").text.split('name="form_token" value="')[1].split('"')[0]
    return desk


def logged(service: Service, like: str) -> list[tuple[str, str, str | None]]:
    ask = text("SELECT what, subject, staff_no FROM audit_link WHERE what LIKE :what ORDER BY log_no")
    with service.context.engine.connect() as connection:
        return [(row.what, row.subject, row.staff_no) for row in connection.execute(ask, {"what": like})]


@pytest.mark.parametrize("role", Role)
def test_nobody_makes_somebody_who_could_be_the_other_of_two(service: Service, role: Role) -> None:
    for second in (None, ADMIN, StaffNo("1003")):
        no = added(service, role, second=second)
        assert isinstance(no, Refusal) and no.problem in (Problem.FOUR_EYES, Problem.NOT_ALLOWED), second
    begins(service, role)
    reset = manage_staff.reset(service.context, NEW, (ADMIN, None), service.clock.now)
    assert isinstance(reset, Refusal) and reset.problem is Problem.FOUR_EYES
    assert manage_staff.leave(service.context, NEW, (ADMIN, None), service.clock.now) is None
    back = manage_staff.come_back(service.context, NEW, (ADMIN, None), service.clock.now)
    assert isinstance(back, Refusal) and back.problem is Problem.FOUR_EYES


def test_a_role_is_given_by_two_and_taken_by_one(service: Service) -> None:
    begins(service, Role.CREW)
    wanted, now = (Role.CREW, Role.CASHIER), service.clock.now
    alone = manage_staff.change(service.context, NEW, wanted, None, (ADMIN, None), now)
    assert alone is not None and alone.problem is Problem.FOUR_EYES
    assert manage_staff.change(service.context, NEW, wanted, None, (ADMIN, AUDITOR), now) is None
    assert logged(service, "staff roles%") == [
        ("staff roles: crew, cashier in all counties (before: crew in all counties) with 1016", NEW, ADMIN)
    ]
    assert manage_staff.change(service.context, NEW, (Role.CASHIER,), None, (ADMIN, None), now) is None


def test_a_wrong_second_password_leaves_the_roles_ticked_as_they_were(service: Service) -> None:
    form = {"role": "cashier", "county": "330324", "second_staff_no": "1016", "second_password": "wrong"}
    refused = Desk(service, ADMIN).post("staff/1003/roles", **form)
    assert refused.status_code == 401 and 'value="330324" selected' in refused.text
    assert [role for role in Role if f'value="{role}" checked' in refused.text] == [Role.CASHIER]


def test_nobody_gives_a_role_to_themselves_alone(service: Service) -> None:
    mine = (Role.ADMINISTRATOR, Role.CREW)
    refused = manage_staff.change(service.context, ADMIN, mine, None, (ADMIN, None), service.clock.now)
    assert refused is not None and refused.problem is Problem.FOUR_EYES
    assert manage_staff.change(service.context, ADMIN, mine, None, (ADMIN, AUDITOR), service.clock.now) is None


def test_a_wider_county_is_given_as_its_roles_are(service: Service) -> None:
    own = person(Role.CASHIER, county="330324")
    assert isinstance(manage_staff.add(service.context, own, (ADMIN, AUDITOR), service.clock.now), str)
    refused = manage_staff.change(service.context, NEW, (Role.CASHIER,), None, (ADMIN, None), service.clock.now)
    assert refused is not None and refused.problem is Problem.FOUR_EYES


def test_a_first_password_opens_one_page_and_confirms_nothing(service: Service) -> None:
    first = begins(service, Role.DUTY_MANAGER)
    desk = desk_of(service, first)
    for path in ("cases", "work", "search", "", "shifts", "roles", "audit"):
        answer = desk.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/office/account"), path
    assert desk.api("GET", "me").status_code == 403
    assert desk.api("GET", "cases").json()["code"] == Problem.PASSWORD_FIRST
    assert "1017" in desk.get("account").text

    other = Desk(service, "1015")
    refused = other.post("days", day="2026-10-31", second_staff_no=NEW, second_password=first)
    assert "初始密码尚未由本人更改" in refused.text
    with service.context.engine.connect() as connection:
        assert first not in str(connection.execute(text("SELECT * FROM audit_link")).all())
    hall = service.station(StationKind.FAREWELL)
    hall.send()
    assert hall.known is not None and hall.known.staff(NEW) is None

    weak = desk.post("account/password", old=first, new=NEW * 2, again=NEW * 2, pin=PIN, pin_again=PIN)
    assert weak.status_code == 409 and desk.get("work").status_code == 303
    done = desk.post("account/password", old=first, new=OWN, again=OWN, pin=PIN, pin_again=PIN)
    assert done.status_code == 303
    assert desk.get("cases").status_code == 200
    assert logged(service, "own %") == [("own password and PIN chosen", NEW, NEW)]
    hall.send()
    assert hall.known is not None and hall.known.staff(NEW) is not None
    met = other.post("days", day="2026-10-31", second_staff_no=NEW, second_password=OWN)
    assert "初始密码尚未由本人更改" not in met.text


def test_a_reset_ends_every_session_and_is_told_to_its_owner(service: Service) -> None:
    chose(service, begins(service, Role.CREW))
    desk = desk_of(service, OWN)
    assert desk.get("work").status_code == 200

    first = manage_staff.reset(service.context, NEW, (ADMIN, AUDITOR), service.clock.now)

    assert isinstance(first, str) and desk.get("work").headers["location"] == "/office/sign-in"
    assert "1017" in desk_of(service, first).get("account").text
    assert logged(service, "staff password%") == [("staff password reset with 1016", NEW, ADMIN)]
    refused = manage_staff.reset(service.context, StaffNo("1010"), (ADMIN, None), service.clock.now)
    assert isinstance(refused, Refusal) and refused.problem is Problem.FOUR_EYES


def test_who_changes_their_password_is_signed_out_elsewhere_only(service: Service) -> None:
    here, elsewhere = Desk(service, "1010"), Desk(service, "1010")
    wrong = here.post("account/password", old="not it", new=OWN, again=OWN)
    twice = here.post("account/password", old="10101010", new=OWN, again=OWN + "x")
    assert (wrong.status_code, twice.status_code) == (409, 409)

    assert here.post("account/password", old="10101010", new=OWN, again=OWN).status_code == 200

    assert here.get("work").status_code == 200 and elsewhere.get("work").status_code == 303
    assert here.post("account/pin", old=OWN, pin="10101010", pin_again="10101010").status_code == 409
    assert here.post("account/pin", old=OWN, pin=PIN, pin_again=PIN).status_code == 200
    assert "own PIN chosen" in {what for what, _, _ in logged(service, "own %")}


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("seven77", Problem.PASSWORD_SHORT),
        ("Password1", Problem.PASSWORD_COMMON),
        ("20012001", Problem.PASSWORD_COMMON),
        ("2001abc2001", Problem.PASSWORD_COMMON),
        ("password2001", Problem.PASSWORD_COMMON),
        ("aaaaaaaabb", Problem.PASSWORD_COMMON),
        ("12345678", Problem.PASSWORD_COMMON),
        ("no capitals no digits", None),
        ("一句容易记住的话", None),
    ],
)
def test_a_password_is_long_and_not_what_everybody_tries(typed: str, problem: Problem | None) -> None:
    refusal = wrong_password(typed, NEW)
    assert (refusal.problem if refusal is not None else None) == problem


@pytest.mark.parametrize(
    "typed", ["12345", "1234567890123", "abcdef", "１２３４５６", "123456", "888888", "200120", "112233"]
)
def test_a_pin_is_digits_that_nobody_guesses(typed: str) -> None:
    assert wrong_pin(typed, NEW) is not None
    assert wrong_pin(PIN, NEW) is None


def test_the_last_who_may_manage_people_neither_leaves_nor_loses_it(service: Service) -> None:
    context, now, alone = service.context, service.clock.now, (ADMIN, None)
    refusals = [
        manage_staff.leave(context, ADMIN, alone, now),
        manage_staff.change(context, ADMIN, (Role.CREW,), None, (ADMIN, AUDITOR), now),
        manage_staff.change(context, ADMIN, (Role.ADMINISTRATOR,), "330324", alone, now),
        manage_staff.leave(context, ADMIN, (None, None), now),
    ]
    assert [one.problem if one is not None else None for one in refusals] == [Problem.LAST_MANAGER] * 4

    begins(service, Role.ADMINISTRATOR)
    assert manage_staff.leave(context, ADMIN, alone, now) is None


def test_who_has_left_signs_in_no_more_and_confirms_nothing(service: Service) -> None:
    desk, manager = Desk(service, "1016"), Desk(service, "1015")
    assert manage_staff.leave(service.context, AUDITOR, (ADMIN, None), service.clock.now) is None

    assert desk.get("work").status_code == 303
    again = desk.http.post("/office/api/session", json={"staff_no": "1016", "password": "10161016"})
    assert again.status_code == 401
    refused = manager.post("days", day="2026-10-31", second_staff_no="1016", second_password="10161016")
    assert "工号或密码不对" in refused.text
    assert isinstance(manage_staff.reset(service.context, AUDITOR, (ADMIN, None), service.clock.now), Refusal)

    back = manage_staff.come_back(service.context, AUDITOR, (ADMIN, MANAGER), service.clock.now)
    assert isinstance(back, Refusal) and back.problem is Problem.NOT_ALLOWED
    first = manage_staff.come_back(service.context, AUDITOR, (None, None), service.clock.now)
    assert isinstance(first, str) and desk.get("work").status_code == 303
    assert logged(service, "staff came back%")[0][0].endswith("at the command line")


def test_what_was_done_before_leaving_stands_and_what_was_done_after_is_looked_at(service: Service) -> None:
    gone, cold = StaffNo("1004"), service.station(StationKind.COLD_STORAGE)
    one, two = Told.begun(service, resident=False), Told.begun(service, 2, id_no=None, resident=False)
    one.go(*TO_STORAGE[:-1])
    two.does(Step.DISPATCH)
    two.does(Step.COLLECT, tag="8K3M")
    two.does(Step.ARRIVE, tag="8K3M")
    people = {"staff_no": gone, "second_staff_no": StaffNo("1005")}

    cold.write(one.case_no, Step.STORE, Details(tag=one.case.tag, slot="A-07"), one.card, **people)
    service.clock.forward(minutes=5)
    assert manage_staff.leave(service.context, gone, (ADMIN, None), service.clock.now) is None
    before = cold.judged()
    service.clock.forward(minutes=5)
    cold.write(two.case_no, Step.STORE, Details(tag=two.case.tag, slot="A-08"), two.card, **people)
    after = cold.judged()

    assert before.outcome is Outcome.ACCEPTED, before
    assert (after.outcome, {reason.problem for reason in after.reasons}) == (
        Outcome.CONFLICT, {Problem.STAFF_LEFT},
    )  # fmt: skip
    assert cold.known is not None and cold.known.staff(gone) is None


def test_who_confirmed_after_they_had_left_did_not(service: Service) -> None:
    gone, cold = StaffNo("1005"), service.station(StationKind.COLD_STORAGE)
    one = Told.begun(service, resident=False)
    one.go(*TO_STORAGE[:-1])
    assert manage_staff.leave(service.context, gone, (ADMIN, None), service.clock.now) is None
    service.clock.forward(minutes=5)

    people = {"staff_no": StaffNo("1004"), "second_staff_no": gone}
    cold.write(one.case_no, Step.STORE, Details(tag=one.case.tag, slot="A-07"), one.card, **people)

    judged = cold.judged()
    assert (judged.outcome, {reason.problem for reason in judged.reasons}) == (
        Outcome.CONFLICT, {Problem.STAFF_LEFT},
    )  # fmt: skip


def test_a_number_is_never_given_again(service: Service) -> None:
    begins(service, Role.CREW)
    manage_staff.leave(service.context, NEW, (ADMIN, None), service.clock.now)
    refused = added(service, Role.CREW)
    assert isinstance(refused, Refusal) and refused.problem is Problem.STAFF_KNOWN


def test_people_are_managed_by_who_may_for_the_whole_home(service: Service) -> None:
    for number in ("1010", "1015", "1016", "1051"):
        desk = Desk(service, number)
        assert desk.get("staff").status_code == 403 and '/office/staff"' not in desk.get("work").text
        assert desk.post(f"staff/{ADMIN}/leave").status_code == 403
        assert desk.post("staff/1003/reset").status_code == 403
    desk = Desk(service, ADMIN)
    assert desk.post("staff/find", q="收费").text.count("/office/staff/10") == 2
    assert "没有符合的人员" in desk.post("staff/find", q="nobody").text
    assert desk.http.post("/office/staff/1003/leave").status_code == 403
    assert desk.get("staff/9999").status_code == 404
