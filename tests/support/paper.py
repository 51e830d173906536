"""A PDF as somebody holds it: its words, fonts, pages, and what a scanner reads from it."""

import subprocess
from pathlib import Path

from PIL import Image
from pyzbar.pyzbar import ZBarSymbol, decode

from tests.support.pictures import keep, wanted


class Held:
    """A PDF file; `name` names its pictures."""

    def __init__(self, pdf: bytes, folder: Path, name: str) -> None:
        assert pdf.startswith(b"%PDF"), pdf[:200]
        self.path, self.name = folder / f"{len(list(folder.iterdir()))}.pdf", name
        self.path.write_bytes(pdf)

    def words(self) -> str:
        """What can be read, without the breaks of lines."""
        return "".join(_run("pdftotext", "-raw", self.path, "-").split())

    def fonts(self) -> list[tuple[str, bool]]:
        """Every font's name and whether it is embedded."""
        rows = [row.split() for row in _run("pdffonts", self.path).splitlines()[2:]]
        return [(row[0], row[-5] == "yes") for row in rows]

    def size_mm(self) -> tuple[int, int]:
        """Width and height of the first page."""
        line = next(row for row in _run("pdfinfo", self.path).splitlines() if row.startswith("Page size"))
        width, height = float(line.split()[2]), float(line.split()[4])
        return round(width / 72 * 25.4), round(height / 72 * 25.4)

    def pages(self) -> int:
        return int(next(row for row in _run("pdfinfo", self.path).splitlines() if row.startswith("Pages")).split()[1])

    def scanned(self) -> list[str]:
        """What a scanner reads on the first page; where pictures are wanted, those of all pages are kept."""
        pages = [] if wanted() else ["-f", "1", "-l", "1"]
        start = self.path.with_suffix("")
        subprocess.run(["pdftoppm", "-png", "-r", "150", *pages, self.path, start], check=True)
        drawn = sorted(start.parent.glob(f"{start.name}-*.png"))
        for page in drawn if wanted() else []:
            keep(f"paper-{self.name}-{page.stem.rpartition('-')[2]}", page.read_bytes())
        return [one.data.decode() for one in decode(Image.open(drawn[0]), symbols=[ZBarSymbol.QRCODE])]


def _run(*command: str | Path) -> str:
    return subprocess.run([*command], check=True, capture_output=True, text=True).stdout
