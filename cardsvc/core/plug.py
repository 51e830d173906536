"""The one plug-in mechanism: a sibling file or folder that binds one upper-case name.

Anything missing, doubled or malformed stops the process at start with a clear message (DESIGN.md section 5).
"""

import importlib
import pkgutil
import traceback
from types import ModuleType
from typing import Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from cardsvc.core.facts import Code

NAME = TypeAdapter[str](Code)


class PlugError(Exception):
    """A bad plug-in: the process does not start."""


class Named(Protocol):
    """What is plugged in has a name."""

    @property
    def name(self) -> str: ...


P = TypeVar("P", bound=Named)


def discover(package: ModuleType, name: str, kind: type[P]) -> dict[str, P]:
    """Import the siblings in `package` in alphabetical order and gather what each binds as `name`.

    Raises PlugError for a sibling that cannot be imported, has none or one of another type, or whose name is taken
    or no `Code`: facts and sources of waivers name it.
    """
    found: dict[str, P] = {}
    for module_name in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        full_name = f"{package.__name__}.{module_name}"
        try:
            module = importlib.import_module(full_name)
        except Exception as error:  # whatever it does as it is read, the process ends with one line that says where
            raise PlugError(f"{full_name} cannot be imported: {_told(error)}") from error
        plug = getattr(module, name, None)
        if plug is None:
            raise PlugError(f"{full_name} binds no {name}")
        if not isinstance(plug, kind):
            raise PlugError(f"{full_name}.{name} is not a {kind.__name__}")
        if not isinstance(plug.name, str) or not plug.name:
            raise PlugError(f"{full_name}.{name} has no name")
        try:
            NAME.validate_python(plug.name)
        except ValidationError as error:
            raise PlugError(f"{full_name}.{name} is called {plug.name!r}: use letters, digits, ._- up to 32") from error
        if plug.name in found:
            raise PlugError(f"{full_name}: {plug.name} is there twice")
        found[plug.name] = plug
    return found


def _told(error: Exception) -> str:
    """An error of an import in one line: its kind, what it says, and the last line of code that it passed."""
    passed = traceback.extract_tb(error.__traceback__)
    place = next((one for one in reversed(passed) if not one.filename.startswith("<frozen ")), None)
    said = " ".join(str(error).split())
    at = f" ({place.filename}:{place.lineno})" if place is not None and not isinstance(error, SyntaxError) else ""
    return f"{type(error).__name__}: {said}{at}"
