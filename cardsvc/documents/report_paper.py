"""A report on paper (A4, landscape): its chart, and each section as a table."""

from datetime import datetime
from pathlib import Path
from typing import Any

from cardsvc.core.on_paper import Home
from cardsvc.core.reporting import Line, Report, Section, What
from cardsvc.core.words import say
from cardsvc.documents.filling import fill
from cardsvc.documents.papers import printed, words
from cardsvc.documents.report_chart import course
from cardsvc.documents.report_words import Says, share


def render(
    home: Home, report: Report, says: Says, copy: tuple[int, datetime, str], folder: Path | None = None
) -> bytes:
    """The report as PDF; `copy`: its number, when and by whom. Raises TemplateBroken."""
    number, at, by = copy
    language = says.language
    total = next((one.total for one in report.sections if one.name == "items"), None)
    data = {
        "words": words("report", language),
        "home": home.name_zh if language == "zh_CN" else home.name_en,
        "case_no": "",
        "period": says.period(report.period),
        "as_of": report.as_of.isoformat(),
        "chart": course(report.course, say(language, "report.course")) if report.course else "",
        "total": says.figure(total.cells[0]) if total is not None else "",
        "before": says.number(total.last_year, What.PRICE) if total is not None else "",
        "change": says.change(total) if total is not None else "",
        "sections": [_section(one, says) for one in report.sections],
    } | printed(at, number, by, language)
    return fill("report", data, folder)


def _section(section: Section, says: Says) -> dict[str, Any]:
    part = [say(says.language, "report.share")] if section.name == "taps" else []
    heads = [says.head(one) for one in section.heads]
    heads += [say(says.language, "report.last_year"), say(says.language, "report.change"), *part]
    return {
        "title": says.title(section),
        "heads": heads,
        "rows": [_row(section, one, says) for one in section.lines],
        "total": _row(section, section.total, says) if section.total is not None else [],
    }


def _row(section: Section, line: Line, says: Says) -> list[str]:
    what = line.cells[0].rows.what
    part = [share(section, line)] if section.name == "taps" else []
    before = says.number(line.last_year, what)
    return [
        says.line(section, line),
        *(says.figure(one) if one.value else "—" for one in line.cells),
        before,
        says.change(line),
        *part,
    ]
