"""What stops or puts off a row looks like it, its state and the button of the move; whose row it is stands beside."""

import re

import pytest

from cardsvc.commands.ground import plugged
from cardsvc.modules.elder_care import MODULE
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

    forms = {one[0]: one[1] for one in re.findall(r'move/(\w+)"(.*?)</form>', page, re.DOTALL)}
    assert '<button class="stop">■ 终止</button>' in forms["end"]
    assert '<input type="checkbox" required>' in forms["end"]
    assert "王伟 1940…0010：终止，此后状态为“已终止”" in forms["end"]
    assert '<button class="wait">▲ 暂停</button>' in forms["suspend"]
    assert 'data-sure="王伟 1940…0010：暂停，此后状态为“暂停”"' in forms["suspend"]
    assert '<button class="go">' in forms["correct"] and "checkbox" not in forms["correct"]
    assert '<span class="stage">享受中</span>' in page
