"""Rows as they stood at the end of :last, in SQL by hand from the words of decision 0036, a column at a time."""

HISTORY = "FROM module_history AS h WHERE h.home_id = r.home_id AND h.module = '{module}' AND h.record = '{record}'"


def stood(module: str, record: str, columns: str, numbers: str = "", flags: str = "", before: str = "") -> str:
    """What to select from, called `stood`: home_id, county and these columns (names parted by spaces).

    `columns` are texts, choices, links and days; `flags` are yes or no. `known`: whether anybody knew of a row that
    says no day of its own. `before` "_before": a year before.
    """
    lines = HISTORY.format(module=module, record=record)

    def then(name: str, read: str = "{}") -> str:
        own = f"{lines} AND h.row_id = r.id AND h.field = '{name}'"
        last = f"(SELECT h.after {own} AND h.day <= :last{before} ORDER BY h.version DESC LIMIT 1)"
        first = f"(SELECT h.before {own} ORDER BY h.version LIMIT 1)"
        return (
            f"CASE WHEN EXISTS (SELECT 1 {own} AND h.day <= :last{before}) THEN {read.format(last)}"
            f" WHEN EXISTS (SELECT 1 {own}) THEN {read.format(first)} ELSE r.{name} END AS {name}"
        )

    asked = [
        *(then(one) for one in ("county", *columns.split())),
        *(then(one, "CAST(REPLACE({}, '.', '') AS BIGINT)") for one in numbers.split()),
        *(then(one, "{} = 'yes'") for one in flags.split()),
    ]
    known = (
        f"CASE WHEN r.known_on IS NULL THEN r.made_at < :closes{before} ELSE r.known_on <= :last{before} END AS known"
    )
    return f"(SELECT r.home_id, {known}, {', '.join(asked)} FROM {module}_{record} AS r) AS stood"
