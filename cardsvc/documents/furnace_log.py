"""The furnace log of a day (A4, landscape): every run with its times as they are known, its people and its trips."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cardsvc.core.case import Taken
from cardsvc.core.furnace_log import Run
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.on_paper import Home
from cardsvc.core.words import Language, say
from cardsvc.documents.filling import fill
from cardsvc.documents.papers import printed, words


def render(
    home: Home,
    day: date,
    runs: Sequence[Run],
    titles: Mapping[str, tuple[str, str]],
    staff: Mapping[StaffNo, str],
    copy: tuple[int, datetime, str],
    language: Language,
    folder: Path | None = None,
) -> bytes:
    """The log as PDF; `titles` of the furnaces by code; `copy`: its number, when and by whom. Raises TemplateBroken."""
    zh = language == "zh_CN"
    codes = list(dict.fromkeys(run.furnace for run in runs))
    number, at, by = copy
    data = {
        "words": words("furnace_sheet", language),
        "home": home.name_zh if zh else home.name_en,
        "case_no": "",
        "day": day.isoformat(),
        "furnaces": [
            {
                "title": titles.get(code, (code, code))[0 if zh else 1],
                "code": code,
                "runs": [_run(run, staff, language) for run in runs if run.furnace == code],
            }
            for code in codes
        ],
        "count": say(language, "furnace_sheet.count", number=len(runs)),
    } | printed(at, number, by, language)
    return fill("furnace_log", data, folder)


def _run(run: Run, staff: Mapping[StaffNo, str], language: Language) -> dict[str, Any]:
    minutes = int(run.burning.total_seconds() // 60) if run.burning is not None else None
    return {
        "case_no": run.case_no,
        "disc": run.disc or "—",
        "loaded": _moment(run.loaded, language),
        "unloaded": _moment(run.unloaded, language),
        "closed": _moment(run.closed, language),
        "minutes": str(minutes) if minutes is not None else "—",
        "trips": [
            f"{_clock(one.stopped)}–{_clock(one.resumed) if one.resumed else say(language, 'furnace_sheet.stands')}"
            for one in run.trips
        ],
        "operator": staff.get(run.operator, run.operator),
        "checker": staff.get(run.checker, run.checker) if run.checker else "—",
        "together": run.together,
    }


def _moment(taken: Taken | None, language: Language) -> dict[str, str]:
    if taken is None:
        return {"at": "—", "typed": ""}
    return {"at": _clock(taken.at), "typed": "" if taken.observed else say(language, "sheet.typed")}


def _clock(at: datetime) -> str:
    return local(at).strftime("%H:%M")
