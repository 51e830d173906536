"""Pictures for a person to look at: taken by night, or with PICTURES=1 ./run test."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

SCREENS = Path(__file__).parents[2] / "build" / "screens"


def wanted() -> bool:
    """Whether somebody means to look at pictures."""
    return os.environ.get("PICTURES") == "1"


def keep(name: str, png: bytes) -> None:
    """A picture as build/screens/`name`.png, whole at any moment: two tests of one name may run side by side."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=SCREENS, delete=False) as begun:
        begun.write(png)
    Path(begun.name).replace(SCREENS / f"{name}.png")
