"""Who comes into a register after their death was told is stopped by the same act; another's death does not stay."""

from datetime import date

from cardsvc.core.local_time import local
from cardsvc.core.uploads import UploadState
from cardsvc.handlers import withdraw_row
from cardsvc.rows import deaths as rows
from cardsvc.rows import keeping
from cardsvc.rows.keeping import Where
from cardsvc.store.engine import transact
from tests.modules.test_deaths import OTHER_ID_NO, ROWS, Bureau, bureau, corrected, died, histories
from tests.service.conftest import founded
from tests.service.test_verify import fault
from tests.support.files import kept_file
from tests.support.home import ID_NO
from tests.support.rows import CLERK, SECOND, columns

__all__ = ["bureau", "founded"]
At = tuple[str, str, str]


def today(bureau: Bureau) -> date:
    return local(bureau.service.clock.now).date()


def enters(bureau: Bureau, module: str, record: str, id_no: str = ID_NO) -> At:
    """Somebody is typed into a register that pays."""
    bureau.made += 1
    typed = {name: said.format(n=bureau.made) for name, said in ROWS[module, record].items()}
    return module, record, bureau.clerk(module).types(record, **typed, id_no=id_no)


def withdraws(bureau: Bureau, at: At) -> None:
    module = bureau.service.context.modules[at[0]]
    row, people = (at[2], bureau.clerk(at[0]).row(at[1], at[2]).version), (CLERK, SECOND)
    context, record = bureau.service.context, module.record(at[1])
    done = withdraw_row.handle(context, module, record, row, "录错了", None, people, bureau.service.clock.now)
    assert done is None


def restores(bureau: Bureau, at: At) -> None:
    module = bureau.service.context.modules[at[0]]
    context, record, people = bureau.service.context, module.record(at[1]), (CLERK, SECOND)
    now = bureau.service.clock.now
    assert withdraw_row.restore(context, module, record, at[2], "没有录错", None, people, now) is None


def moves_of(bureau: Bureau, at: At) -> list[str]:
    return [move for field, _, move in histories(bureau, at) if field == bureau.payments(at).state]


def test_a_grant_to_somebody_who_is_dead_is_stopped_by_the_act_that_approves_it(bureau: Bureau) -> None:
    died(bureau)
    bureau.deaths.tell_due()
    bureau.service.clock.forward(days=3)
    applied = [enters(bureau, *one) for one in ROWS]
    for at in applied:
        if at[0] != "elder_care":
            assert bureau.states([at]) == ["applied"]
            bureau.clerk(at[0]).moves(at[1], at[2], "approve", SECOND)

    assert bureau.states(applied) == ["stopped"] * len(applied)
    for at in applied:
        assert columns(bureau.tries_to_pay(at, today(bureau))) == [bureau.payments(at).of]
    assert bureau.deaths.tell_due() == bureau.deaths.tell_of_late_rows() == {}
    assert fault(bureau.service) is None


def test_a_death_that_no_loop_has_told_yet_stops_a_grant_too_and_is_told_once(bureau: Bureau) -> None:
    died(bureau)

    at = enters(bureau, "social_relief", "single")
    bureau.clerk(at[0]).moves(at[1], at[2], "approve", SECOND)

    assert bureau.states([at]) == ["stopped"]
    assert bureau.deaths.tell_due() == {"nothing": 1}
    assert moves_of(bureau, at).count("death") == 1


def test_who_gets_the_number_of_somebody_who_is_dead_is_stopped(bureau: Bureau) -> None:
    died(bureau)
    bureau.deaths.tell_due()
    single = next(one for one in bureau.pays(OTHER_ID_NO) if one[1] == "single")

    bureau.clerk(single[0]).moves(single[1], single[2], "correct", SECOND, name="王守义", id_no=ID_NO)

    assert bureau.states([single]) == ["stopped"]


def test_what_two_let_go_on_is_not_stopped_by_the_next_change_of_the_row(bureau: Bureau) -> None:
    single = next(one for one in bureau.pays() if one[1] == "single")
    died(bureau)
    bureau.deaths.tell_due()
    clerk = bureau.clerk(single[0])
    clerk.moves(single[1], single[2], "not_dead", SECOND, reason="经核未死亡")
    assert bureau.states([single]) == ["paid"]

    clerk.moves(single[1], single[2], "change", SECOND, grade="2", monthly="700", since="2024-03-01", until="")
    clerk.moves(single[1], single[2], "suspend", reason="无法联系")
    withdraws(bureau, single)
    restores(bureau, single)

    assert clerk.row(single[1], single[2]).values["state"] == "suspended"


def test_a_row_that_was_withdrawn_while_the_death_came_is_stopped_as_it_is_restored(bureau: Bureau) -> None:
    mine = [one for one in bureau.pays() if one[1] != "elder" and one[1] != "member"]
    for at in mine:
        withdraws(bureau, at)
    died(bureau)
    bureau.deaths.tell_due()

    for at in mine:
        restores(bureau, at)

    assert bureau.states(mine) == ["stopped"] * len(mine)
    for at in mine:
        assert columns(bureau.tries_to_pay(at, today(bureau))) == [bureau.payments(at).of]


def test_a_row_that_was_withdrawn_while_the_death_was_undone_goes_on_as_it_is_restored(bureau: Bureau) -> None:
    mine = [one for one in bureau.pays() if one[1] != "elder"]
    case = died(bureau)
    bureau.deaths.tell_due()
    for at in mine:
        withdraws(bureau, at)
    corrected(bureau, case, OTHER_ID_NO)
    assert bureau.deaths.tell_due()["undone"] >= len(mine)

    for at in mine:
        restores(bureau, at)

    assert bureau.states(mine) == ["paid"] * len(mine)
    for at in mine:
        assert moves_of(bureau, at)[0] == "death_undone"
        assert bureau.clerk(at[0]).row(at[1], at[2]).values["death_on"] is None
        bureau.pay(at, today(bureau), "664")
    assert bureau.deaths.tell_of_late_rows() == {} and fault(bureau.service) is None


def test_who_died_after_all_by_another_case_is_stopped_in_its_name_as_the_row_comes_back(bureau: Bureau) -> None:
    single = next(one for one in bureau.pays() if one[1] == "single")
    case = died(bureau)
    bureau.deaths.tell_due()
    withdraws(bureau, single)
    corrected(bureau, case, OTHER_ID_NO)
    bureau.deaths.tell_due()
    died(bureau, 2)
    bureau.deaths.tell_due()

    restores(bureau, single)

    assert bureau.states([single]) == ["stopped"]
    assert moves_of(bureau, single)[:2] == ["death", "death_undone"]


def test_an_elder_of_a_file_who_is_dead_is_stopped_as_the_file_is_kept(bureau: Bureau) -> None:
    died(bureau)
    bureau.deaths.tell_due()
    clerk, context = bureau.clerk("elder_care"), bureau.service.context
    common = {"county": "330302", "born_on": "1940-01-01"}
    two = ({"name": "王守义", "id_no": ID_NO}, {"name": "林长河", "id_no": OTHER_ID_NO})
    assert kept_file(clerk, "elder", *(common | one for one in two)).state is UploadState.DONE

    where = Where(context.home_id, "elder_care", clerk.module.record("elder"))
    with context.engine.connect() as connection:
        waiting = rows.pending(connection, where, clerk.module.payments[0], None, 9)
    assert [row.values["name"] for row, _ in waiting] == ["王守义"]


def test_a_row_that_came_by_a_way_that_does_not_ask_is_stopped_by_the_hourly_look(bureau: Bureau) -> None:
    died(bureau)
    bureau.deaths.tell_due()
    context, now = bureau.service.context, bureau.service.clock.now
    module = context.modules["veterans"]
    where = Where(context.home_id, module.name, module.record("beneficiary"))
    values = dict.fromkeys(one.name for one in where.record.columns) | {"state": "active", "since": date(2024, 3, 1)}
    values |= {"number": "YF-9", "name": "王守义", "category": "war", "monthly": 80_000, "id_no": ID_NO}
    row, bits = ("a" * 32, values | {"county": "330302"}), context.chance(12 * len(where.record.columns))
    transact(
        context.engine, lambda connection: keeping.insert(connection, context.vault, where, [row], CLERK, now, [bits])
    )

    assert bureau.deaths.tell_of_late_rows()["stopped"] == 1

    assert bureau.states([("veterans", "beneficiary", "a" * 32)]) == ["stopped"]
    assert bureau.deaths.tell_of_late_rows() == {}
