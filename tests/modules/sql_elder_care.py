"""What MODULES.md asks of elder care, counted by hand-written SQL."""

from tests.modules.stood import stood

HERE = "home_id = :home AND (CAST(:county AS TEXT) IS NULL OR county = :county)"
WITHIN = "BETWEEN :first AND :last"
SITES = stood("elder_care", "care_site", "kind state opened_on known_on", "beds")
STANDS = "(opened_on <= :last OR (opened_on IS NULL AND known))"
ELDERS = stood("elder_care", "elder", "subsidy granted_on")
CALLS = f"FROM elder_care_call WHERE {HERE} AND received_at >= :opens AND received_at < :closes"


def _built(kind: str) -> str:
    opened = f"state IN ('open', 'closed') AND kind = '{kind}' AND opened_on {WITHIN}"
    return f"SELECT COUNT(*) FROM elder_care_care_site WHERE {HERE} AND {opened}"


def _institutions(state: str) -> str:
    """Where nobody knew yet of any site without a day, those that came later by a file are not known of: NULL."""
    asked = f"kind = 'institution' AND state = '{state}'"
    nothing = f"SUM(CASE WHEN {STANDS} AND {asked} THEN 1 ELSE 0 END) = 0"
    later = f"SUM(CASE WHEN {asked} AND opened_on IS NULL AND known_on > :last THEN 1 ELSE 0 END) > 0"
    none_yet = "SUM(CASE WHEN opened_on IS NULL AND known THEN 1 ELSE 0 END) = 0"
    return f"""
        SELECT CASE WHEN {nothing} AND {later} AND {none_yet} THEN NULL
            ELSE COUNT(CASE WHEN {STANDS} AND {asked} THEN 1 END) END
        FROM {SITES} WHERE {HERE}"""


def _areas(level: str) -> str:
    areas = stood("elder_care", "line_area", "level opened_on")
    return f"SELECT COUNT(*) FROM {areas} WHERE {HERE} AND level = '{level}' AND opened_on <= :last"


SQL = {
    "community_centres": _built("community_centre"),
    "town_centres": _built("town_centre"),
    "beds": f"""
        SELECT COALESCE(SUM(beds), 0) FROM elder_care_care_site
        WHERE {HERE} AND state IN ('open', 'closed') AND opened_on {WITHIN}""",
    "demonstration_points": f"SELECT COUNT(*) FROM elder_care_demonstration WHERE {HERE} AND named_on {WITHIN}",
    "institutions_under_construction": _institutions("under_construction"),
    "institutions_planned": _institutions("planned"),
    "institutions_intended": _institutions("intended"),
    "institutions_open": _institutions("open"),
    "beds_in_service": f"""
        SELECT COALESCE(SUM(beds), 0) FROM {SITES} WHERE {HERE} AND state = 'open' AND {STANDS}""",
    "line_990_districts": _areas("district"),
    "line_990_pilot_communities": _areas("pilot_community"),
    "calls": f"SELECT COUNT(*) {CALLS}",
    "calls_closed": f"SELECT COUNT(*) {CALLS} AND state = 'closed'",
    "calls_closed_share": f"""
        SELECT (2000 * COUNT(CASE WHEN state = 'closed' THEN 1 END) + COUNT(*)) / NULLIF(2 * COUNT(*), 0) / 10.0
        {CALLS}""",
    "minutes_to_answer": f"""
        SELECT (20 * CAST(SUM(minutes_to_answer) AS BIGINT) + COUNT(*)) / NULLIF(2 * COUNT(*), 0) / 10.0
        {CALLS} AND minutes_to_answer IS NOT NULL""",
    "minutes_to_close": f"""
        SELECT (20 * CAST(COALESCE(SUM(minutes_to_close), 0) AS BIGINT) + COUNT(*)) / NULLIF(2 * COUNT(*), 0) / 10.0
        {CALLS} AND state = 'closed'""",
    "assessments": f"SELECT COUNT(*) FROM elder_care_assessment WHERE {HERE} AND assessed_on {WITHIN}",
    "subsidy_recipients": f"""
        SELECT COUNT(*) FROM {ELDERS}
        WHERE {HERE} AND subsidy = 'receiving' AND (granted_on <= :last OR (granted_on IS NULL AND known))""",
    "subsidies_paid": f"""
        SELECT COALESCE(SUM(amount), 0) FROM elder_care_subsidy_payment WHERE {HERE} AND paid_on {WITHIN}""",
    "elders_served": f"""
        SELECT COUNT(DISTINCT elder) FROM {stood("elder_care", "service_order", "elder state since")}
        WHERE {HERE} AND state = 'running' AND since <= :last""",
    "service_visits": f"SELECT COUNT(*) FROM elder_care_visit WHERE {HERE} AND visited_on {WITHIN}",
}
