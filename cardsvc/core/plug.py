"""The one plug-in mechanism: a sibling file or folder that binds one upper-case name.

Anything missing, doubled or malformed stops the process at start with a clear message (DESIGN.md section 5).
"""

import importlib
import pkgutil
from types import ModuleType
from typing import Protocol, TypeVar


class PlugError(Exception):
    """A bad plug-in: the process does not start."""


class Named(Protocol):
    """What is plugged in has a name."""

    @property
    def name(self) -> str: ...


P = TypeVar("P", bound=Named)


def discover(package: ModuleType, name: str, kind: type[P]) -> dict[str, P]:
    """Import the siblings in `package` in alphabetical order and gather what each binds as `name`.

    Raises PlugError for a sibling without it, of another type, or with a name that is taken.
    """
    found: dict[str, P] = {}
    for module_name in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"{package.__name__}.{module_name}")
        plug = getattr(module, name, None)
        if plug is None:
            raise PlugError(f"{module.__name__} binds no {name}")
        if not isinstance(plug, kind):
            raise PlugError(f"{module.__name__}.{name} is not a {kind.__name__}")
        if plug.name in found:
            raise PlugError(f"{module.__name__}: {plug.name} is there twice")
        found[plug.name] = plug
    return found
