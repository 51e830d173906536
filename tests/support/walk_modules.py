"""Walks the pages of whatever modules are found, and registers a marriage where the template's module is among them.

A program of its own: `python -m tests.support.walk_modules DSN` in a copy of the package that somebody has changed.
"""

import re
import sys

from cardsvc import modules
from cardsvc.core.plug import discover
from cardsvc.modules import Module
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service

LEADER = "1051"
EVERYWHERE = ("modules", "modules/half-year", "modules/half-year.docx", "modules/deaths", "module-grants", "work")
OF_A_RECORD = ("/new", "/map", "/import", "/import/template.xlsx", "/export.csv", "/export.xlsx")


def main(dsn: str) -> None:
    """Open every page; what does not open raises."""
    found = discover(modules, "MODULE", Module)
    service = Service(dsn, modules=tuple(found.values()))
    desk = Desk(service, LEADER)
    pages = list(EVERYWHERE)
    for module in found.values():
        pages.append(f"modules/{module.name}/statistics")
        pages += [f"modules/{module.name}/{one.name}" for one in module.records]
        pages += [f"modules/{module.name}/{module.records[0].name}{page}" for page in OF_A_RECORD]
    for page in pages:
        assert desk.get(page).status_code == 200, page
    if "marriage" in found:
        register(desk)
    service.close()
    print(" ".join(sorted(found)))


def register(desk: Desk) -> None:
    """Form, list, move and statistics of the template."""
    path = "modules/marriage/register"
    wrong = desk.post(f"{path}/new", county="330302", number="J-1", id_no="330302194001010011", day="2026-02-30")
    assert wrong.status_code == 422 and wrong.text.count("aria-invalid=true") == 2
    done = desk.post(f"{path}/new", county="330302", number="J-1", id_no=ID_NO, day="2026-06-30", fee="9")
    assert done.status_code == 303, done.text
    row = done.headers["location"].rsplit("/", 1)[1]
    listed = desk.get(path).text
    assert "J-1" in listed and ID_NO not in listed
    span = "modules/marriage/statistics?first=2026-01-01&last=2026-06-30"
    counts = [couples(desk.get(span).text)]
    assert desk.post(f"{path}/{row}/move/register", version="1").status_code == 303
    counts.append(couples(desk.get(span).text))
    assert counts == ["0", "1"], counts


def couples(page: str) -> str:
    """The number beside the figure's name."""
    said = re.sub(r"<[^>]*>", " ", page.split("登记对数", 1)[1])
    number = re.search(r"\d+", said)
    assert number is not None
    return number[0]


if __name__ == "__main__":
    main(sys.argv[1])
