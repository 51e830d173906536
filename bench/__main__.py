"""Run the benchmarks: ./run bench [NAME...] [--quick]"""

import argparse

from bench import board, core, family, report, review, rows, sums, tap, upload

BENCHMARKS = {
    "tap": tap.tap,
    "postgresql": upload.on_postgresql,
    "sqlite": upload.on_sqlite,
    "family": family.family,
    "board": board.board,
    "review": review.review,
    "rows": rows.rows,
    "core": core.core,
    "report": report.report,
    "report-whole-sqlite": report.whole_on_sqlite,
    "report-whole-postgresql": report.whole_on_postgresql,
    "sums": sums.sums,
}
LONG = {"report-whole-sqlite", "report-whole-postgresql"}
"""Run when they are named."""


def main() -> None:
    """Print one line for each figure: name, figure, ceiling, ratio, target, met or not."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)}; none: all but {', '.join(LONG)}"
    )
    parser.add_argument("--quick", action="store_true", help="one short round: shows that it works, measures little")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}: {', '.join(BENCHMARKS)}")
    for name in asked.names or [name for name in BENCHMARKS if name not in LONG]:
        for figure in BENCHMARKS[name](asked.quick):
            print(figure, flush=True)


if __name__ == "__main__":
    main()
