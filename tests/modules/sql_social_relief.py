"""The figures of social relief by hand: from MODULES.md's words, not from the module's declaration.

Parameters: home, first and last day of the period, county or NULL. Yuan are fen. What is divided is rounded half up in
whole numbers; nothing to divide by is NULL.
"""

from tests.modules.stood import stood
from tests.modules.tenths import tenths

HERE = "home_id = :home AND (CAST(:county AS TEXT) IS NULL OR county = :county)"
BETWEEN = "BETWEEN :first AND :last"
ABOVE = "property > property_most OR income * 100 > standard * persons * borderline"
HOUSEHOLDS = stood("social_relief", "household", "kind state since", "persons income standard")
INSTANT, TIMES = "how = 'instant'", "COALESCE(total_of, 1)"

SQL: dict[str, str] = {
    "benefits_paid": f"""
        SELECT COALESCE(SUM(amount), 0) FROM social_relief_payment_batch
        WHERE {HERE} AND state = 'paid' AND paid_on {BETWEEN}
    """,
    "benefit_recipients": f"""
        SELECT (2 * persons + months) / NULLIF(2 * months, 0) FROM (
            SELECT CAST(COALESCE(SUM(persons), 0) AS BIGINT) AS persons, COUNT(DISTINCT SUBSTR(for_day, 1, 7)) AS months
            FROM social_relief_payment_batch WHERE {HERE} AND state = 'paid' AND paid_on {BETWEEN}
        ) AS paid
    """,
    "medical_instant_settlement_sites": f"""
        SELECT COUNT(*) FROM {stood("social_relief", "site", "state opened_on")}
        WHERE {HERE} AND state = 'open' AND opened_on <= :last
    """,
    "medical_assistance_paid": f"""
        SELECT COALESCE(SUM(assisted), 0) FROM social_relief_claim
        WHERE {HERE} AND state <> 'void' AND settled_on {BETWEEN}
    """,
    "medical_assistance_person_times": f"""
        SELECT COALESCE(SUM(COALESCE(total_of, 1)), 0) FROM social_relief_claim
        WHERE {HERE} AND state <> 'void' AND settled_on {BETWEEN}
    """,
    "medical_aid_fund_per_head": f"""
        SELECT (2 * fen + heads) / NULLIF(2 * heads, 0) FROM (
            SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS fen, CAST(COALESCE(SUM(people), 0) AS BIGINT) AS heads
            FROM (
                SELECT SUM(amount) AS amount, MAX(population) AS people FROM social_relief_fund
                WHERE {HERE} AND purpose = 'medical_aid' AND raised_on {BETWEEN} GROUP BY county
            ) AS counties
        ) AS raised
    """,
    "relief_fund_per_head": f"""
        SELECT (2 * fen + heads) / NULLIF(2 * heads, 0) FROM (
            SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS fen, CAST(COALESCE(SUM(people), 0) AS BIGINT) AS heads
            FROM (
                SELECT SUM(amount) AS amount, MAX(population) AS people FROM social_relief_fund
                WHERE {HERE} AND purpose = 'relief' AND raised_on {BETWEEN} GROUP BY county
            ) AS counties
        ) AS raised
    """,
    "temporary_relief_person_times": f"""
        SELECT COALESCE(SUM(COALESCE(total_of, 1)), 0) FROM social_relief_temporary_relief
        WHERE {HERE} AND state = 'paid' AND paid_on {BETWEEN}
    """,
    "orphan_disabled_visit_allowance": f"""
        SELECT COALESCE(SUM(money), 0) FROM social_relief_visit
        WHERE {HERE} AND (whom = 'orphan' OR whom = 'disabled_child') AND visited_on {BETWEEN}
    """,
    "rehabilitation_cases": f"""
        SELECT COUNT(*) FROM social_relief_rehabilitation WHERE {HERE} AND accepted_on {BETWEEN}
    """,
    "hardship_visit_allowance": f"""
        SELECT COALESCE(SUM(money), 0) FROM social_relief_visit
        WHERE {HERE} AND whom = 'hardship' AND visited_on {BETWEEN}
    """,
    "subsistence_households": f"""
        SELECT COUNT(*) FROM {HOUSEHOLDS}
        WHERE {HERE} AND kind = 'subsistence' AND state = 'active' AND since <= :last
    """,
    "subsistence_people": f"""
        SELECT COALESCE(SUM(persons), 0) FROM {HOUSEHOLDS}
        WHERE {HERE} AND kind = 'subsistence' AND state = 'active' AND since <= :last
    """,
    "allowance_per_household": f"""
        SELECT (2 * fen + households) / NULLIF(2 * households, 0) FROM (
            SELECT COUNT(*) AS households, CAST(COALESCE(SUM(
                CASE WHEN income < standard * persons THEN standard * persons - income ELSE 0 END
            ), 0) AS BIGINT) AS fen
            FROM {HOUSEHOLDS}
            WHERE {HERE} AND kind = 'subsistence' AND state = 'active' AND since <= :last
        ) AS granted
    """,
    "destitute_people": f"""
        SELECT COALESCE(SUM(persons), 0) FROM {HOUSEHOLDS}
        WHERE {HERE} AND kind = 'destitute' AND state = 'active' AND since <= :last
    """,
    "borderline_households": f"""
        SELECT COUNT(*) FROM {HOUSEHOLDS}
        WHERE {HERE} AND kind = 'borderline' AND state = 'active' AND since <= :last
    """,
    "single_cover": f"""
        SELECT COUNT(*) FROM {stood("social_relief", "single", "state since")}
        WHERE {HERE} AND state = 'active' AND since <= :last
    """,
    "orphans": f"""
        SELECT COUNT(*) FROM {stood("social_relief", "orphan", "kind state since")}
        WHERE {HERE} AND kind = 'orphan' AND state = 'active' AND since <= :last
    """,
    "income_checks": f"SELECT COUNT(*) FROM social_relief_income_check WHERE {HERE} AND asked_on {BETWEEN}",
    "income_checks_above": (
        f"SELECT {tenths(f'COUNT(CASE WHEN {ABOVE} THEN 1 END)', 'COUNT(*)', 100)}"
        f" FROM social_relief_income_check WHERE {HERE} AND state = 'reported' AND asked_on {BETWEEN}"
    ),
    "medical_instant_share": (
        f"SELECT {tenths(f'COALESCE(SUM(CASE WHEN {INSTANT} THEN {TIMES} END), 0)', f'COALESCE(SUM({TIMES}), 0)', 100)}"
        f" FROM social_relief_claim WHERE {HERE} AND state <> 'void' AND settled_on {BETWEEN}"
    ),
    "temporary_relief_paid": f"""
        SELECT COALESCE(SUM(amount), 0) FROM social_relief_temporary_relief
        WHERE {HERE} AND state = 'paid' AND paid_on {BETWEEN}
    """,
    "rehabilitation_aid": f"""
        SELECT COALESCE(SUM(aid), 0) FROM social_relief_rehabilitation WHERE {HERE} AND accepted_on {BETWEEN}
    """,
}
