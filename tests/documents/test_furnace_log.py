"""A long day in the furnace log: its header on every page, what was typed and what stood still is marked."""

from datetime import date, timedelta
from pathlib import Path

from cardsvc.core.case import Place, Taken
from cardsvc.core.facts import PlaceKind, Stage, StationKind, Step
from cardsvc.core.furnace_log import Run, Trip
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.on_paper import Home
from cardsvc.documents import furnace_log
from tests.core.story import START
from tests.support.paper import Held

HOME = Home("温州市殡仪馆", "Wenzhou Funeral Home", "0577-0000000")


def taken(step: Step, minutes: int, observed: bool = True) -> Taken:
    return Taken(
        step=step,
        at=START + timedelta(minutes=minutes),
        station_kind=StationKind.CREMATION,
        cause="c",
        observed=observed,
        stage_before=Stage.ARMED,
        place_before=Place(kind=PlaceKind.FURNACE_HALL),
    )


def run(number: int) -> Run:
    at = number * 20
    stopped = START + timedelta(minutes=at + 5)
    return Run(
        case_no=CaseNo(f"WZ-2026-{number:06d}"),
        furnace=f"F{1 + number % 3}",
        disc=f"D{number:04d}",
        operator=StaffNo("1011"),
        checker=StaffNo("1012"),
        loaded=taken(Step.LOAD, at, observed=number != 4),
        unloaded=taken(Step.UNLOAD, at + 55) if number != 39 else None,
        closed=taken(Step.CLOSE_FURNACE, at + 70) if number < 38 else None,
        trips=(Trip(stopped, stopped + timedelta(minutes=9)), Trip(stopped, None)) if number == 7 else (),
        together=number == 9,
    )


def test_forty_runs_go_over_pages_and_say_what_was_typed_or_is_not_known(tmp_path: Path) -> None:
    runs = [run(number) for number in range(40)]
    titles = {"F1": ("一号炉", "Furnace 1")}
    staff = {StaffNo("1011"): "阿卜杜热合曼", StaffNo("1012"): "何某"}

    pdf = furnace_log.render(HOME, date(2026, 11, 1), runs, titles, staff, (1, START, "罗某"), "zh_CN")

    log = Held(pdf, tmp_path, "furnace_log-long")
    words = log.words()
    assert log.size_mm() == (297, 210) and log.pages() >= 2
    assert words.count("操作员") >= log.pages(), "the header stands on every page"
    for said in (
        "补录",
        "经批准合炉",
        "14:07–停",
        "一号炉",
        "F2",
        "共40炉",
        "阿卜杜热合曼",
        f"{log.pages()}/{log.pages()}",
    ):
        assert said in words, said
    assert words.count("补录") == 1
    assert log.scanned() == [], "the log of a day has no code"


def test_a_day_without_cremations_says_so(tmp_path: Path) -> None:
    pdf = furnace_log.render(HOME, date(2026, 11, 1), [], {}, {}, (3, START, "罗某"), "zh_CN")
    words = Held(pdf, tmp_path, "furnace_log-empty").words()
    assert "当日没有火化" in words and "补打·第3份" in words
