"""A PDF as somebody holds it: its words, fonts, pages, and what a scanner reads from it."""

import subprocess
from pathlib import Path

from PIL import Image
from pyzbar.pyzbar import ZBarSymbol, decode

SCREENS = Path("build/screens")


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
        """What a scanner reads on the first page; the pictures of all pages are kept to look at."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        start = SCREENS / f"paper-{self.name}"
        for old in SCREENS.glob(f"paper-{self.name}-*.png"):
            old.unlink()
        subprocess.run(["pdftoppm", "-png", "-r", "150", self.path, start], check=True)
        first = sorted(SCREENS.glob(f"paper-{self.name}-*.png"))[0]
        return [one.data.decode() for one in decode(Image.open(first), symbols=[ZBarSymbol.QRCODE])]


def _run(*command: str | Path) -> str:
    return subprocess.run([*command], check=True, capture_output=True, text=True).stdout
