"""What stops or puts off a row looks like it, its state and the button of the move; whose row it is stands beside."""

import re

import pytest

from admin_web.record_rows import aloud
from cardsvc.commands.ground import plugged
from cardsvc.core.records import Fault, Wrong
from cardsvc.core.words import say
from cardsvc.modules.elder_care import MODULE
from cardsvc.modules.social_relief import MODULE as RELIEF
from tests.modules.conftest import CLERK
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service
from tests.support.rows import Clerk

STOPS = (
    "终止",
    "撤销",
    "作废",
    "取消",
    "退出",
    "不予",
    "未批准",
    "停用",
    "未通过",
    "不合格",
    "死亡",
    "退训",
    "逾期",
    "放弃",
)
PAUSES = ("暂停", "退回", "返工", "不符")


def forms_of(page: str) -> dict[str, str]:
    """The forms of a row's moves, by name."""
    return {one[0]: one[1] for one in re.findall(r'move/(\w+)"(.*?)</form>', page, re.DOTALL)}


@pytest.mark.parametrize("name", sorted(plugged()))
def test_states_that_are_called_so_are_declared_so(name: str) -> None:
    for record in plugged()[name].records:
        if record.flow is not None:
            for state, label in record.column(record.flow.column).choices.items():
                tone = record.flow.tone(state)
                if any(one in label.zh for one in STOPS):
                    assert tone == "stop", (record.name, state)
                elif any(one in label.zh for one in PAUSES):
                    assert tone in ("wait", "stop"), (record.name, state)


def test_a_move_that_ends_is_red_and_asks_with_the_person_s_name_also_without_scripts(bureau: Service) -> None:
    clerk = Clerk.of(bureau, MODULE)
    clerk.granted()
    row_id = clerk.types("elder", name="王伟", id_no=ID_NO)
    with bureau.context.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE elder_care_elder SET subsidy = 'receiving', grade = 'one'")

    page = Desk(bureau, CLERK).get(f"modules/elder_care/elder/{row_id}").text

    forms = forms_of(page)
    assert '<button class="stop">■ 终止</button>' in forms["end"]
    assert '<input type="checkbox" required>' in forms["end"]
    assert "王伟 1940…0010：终止，此后状态为“已终止”" in forms["end"]
    assert '<button class="wait">▲ 暂停</button>' in forms["suspend"]
    assert 'data-sure="王伟 1940…0010：暂停，此后状态为“暂停”"' in forms["suspend"]
    assert '<button class="go">' in forms["correct"] and "checkbox" not in forms["correct"]
    assert '<span class="stage">享受中</span>' in page


def test_a_move_says_what_it_needs_and_what_was_wrong_with_it_alone(bureau: Service) -> None:
    clerk = Clerk.of(bureau, RELIEF)
    clerk.granted()
    typed = {"name": "王伟", "id_no": ID_NO, "number": "DR-1", "kind": "肢体", "grade": "1", "monthly": "664"}
    row_id, desk = clerk.grants("single", since="2024-03-01", **typed), Desk(bureau, CLERK)
    path = f"modules/social_relief/single/{row_id}"

    asked = forms_of(desk.get(path).text)
    answer = desk.post(f"{path}/move/suspend", version="2", reason="", suspended_on="2026-10-30")

    needed = {name for name, form in asked.items() if re.search(r"变动原因 <small>\(必填\)", form)}
    assert needed == {"suspend", "end", "withdraw"}
    assert answer.status_code == 422
    forms = forms_of(answer.text)
    assert [name for name, form in forms.items() if "aria-invalid" in form] == ["suspend"]
    assert [name for name, form in forms.items() if "2026-10-30" in form] == ["suspend"]


def test_many_are_not_suspended_without_the_reason_that_each_needs(bureau: Service) -> None:
    clerk = Clerk.of(bureau, RELIEF)
    clerk.granted()
    typed = {"name": "王伟", "id_no": ID_NO, "number": "DR-1", "kind": "肢体", "grade": "1", "monthly": "664"}
    row_id = clerk.grants("single", since="2024-03-01", **typed)

    page = Desk(bureau, CLERK).post("modules/social_relief/single/several", move="suspend", row=f"{row_id}.2").text

    assert '<select name="reason" required>' in page


def test_what_is_wrong_where_a_move_has_no_field_is_said_of_the_row() -> None:
    faults = (Fault("reason", Wrong.MISSING), Fault("account", Wrong.MISSING))
    record = RELIEF.record("single")

    assert aloud(record, faults, "suspend", "zh_CN") == [f"银行账号: {say('zh_CN', 'cell_wrong.missing')}"]
