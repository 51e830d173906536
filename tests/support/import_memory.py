"""Checks and commits a file in a process of its own: `python -m tests.support.import_memory DATABASE FILE`.

Prints the state that came out, and the most memory that it took beyond what the service takes idle, in bytes.
"""

import resource
import sys
from pathlib import Path

from tests.support import importing, sample_module
from tests.support.home import Service


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(database: str, path: str) -> None:
    bureau = Service(database, modules=(sample_module.MODULE,))
    small = importing.checked(bureau, Path(path).with_suffix(".small").read_bytes())
    importing.committed(bureau, small)
    before = peak()
    upload = importing.checked(bureau, Path(path).read_bytes())
    done = importing.committed(bureau, upload)
    print(done.state.value, done.done, peak() - before)
    bureau.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
