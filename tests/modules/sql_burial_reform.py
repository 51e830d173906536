"""What MODULES.md asks of burial reform, counted by hand-written SQL."""

from tests.modules.stood import stood

HERE = "home_id = :home AND (CAST(:county AS TEXT) IS NULL OR county = :county)"
WITHIN = "BETWEEN :first AND :last"
CONVERSIONS = f"FROM burial_reform_conversion WHERE {HERE} AND converted_on {WITHIN}"
CEMETERY = stood("burial_reform", "cemetery", "kind approved_on", "plots plots_used")
CEMETERIES = f"FROM {CEMETERY} WHERE {HERE} AND (approved_on <= :last OR (approved_on IS NULL AND known))"


def _burials(way: str) -> str:
    held = f"state = 'held' AND held_on {WITHIN}"
    return f"SELECT COALESCE(SUM(buried), 0) FROM burial_reform_event WHERE {HERE} AND way = '{way}' AND {held}"


def _sign_ups(way: str) -> str:
    return f"SELECT COUNT(*) FROM burial_reform_sign_up WHERE {HERE} AND way = '{way}' AND signed_on {WITHIN}"


def _rate(criterion: str) -> str:
    tenths = f"(2000 * COUNT(CASE WHEN {criterion} THEN 1 END) + COUNT(*)) / NULLIF(2 * COUNT(*), 0)"
    return f"SELECT {tenths} / 10.0 {CONVERSIONS}"


SQL = {
    "tree_burials": _burials("tree"),
    "flower_burials": _burials("flower"),
    "lawn_burials": _burials("lawn"),
    "sea_burials": _burials("sea"),
    "tree_burial_sign_ups": _sign_ups("tree"),
    "flower_burial_sign_ups": _sign_ups("flower"),
    "lawn_burial_sign_ups": _sign_ups("lawn"),
    "sea_burial_sign_ups": _sign_ups("sea"),
    "memorial_ceremonies": f"SELECT COUNT(*) FROM burial_reform_memorial WHERE {HERE} AND held_on {WITHIN}",
    "memorial_participants": f"""
        SELECT COALESCE(SUM(participants), 0) FROM burial_reform_memorial WHERE {HERE} AND held_on {WITHIN}""",
    "standard_meetings": f"SELECT COUNT(*) FROM burial_reform_standard_meeting WHERE {HERE} AND held_on {WITHIN}",
    "graves_surveyed": f"SELECT COUNT(*) FROM burial_reform_grave WHERE {HERE} AND surveyed_on {WITHIN}",
    "graves_visible": f"SELECT COUNT(*) FROM burial_reform_grave WHERE {HERE} AND surveyed_on {WITHIN} AND visible",
    "graves_converted": f"SELECT COUNT(DISTINCT grave) {CONVERSIONS} AND state = 'accepted'",
    "ring_removed_rate": _rate("ring_removed"),
    "back_covered_rate": _rate("back_covered"),
    "planted_rate": _rate("planted"),
    "headstone_kept_rate": _rate("headstone_kept"),
    "terrace_kept_rate": _rate("terrace_kept"),
    "natural_look_rate": _rate("natural_look"),
    "cemeteries": f"SELECT COUNT(*) {CEMETERIES}",
    "public_benefit_cemeteries": f"SELECT COUNT(*) {CEMETERIES} AND kind = 'public_benefit'",
    "plots_left": f"SELECT COALESCE(SUM(plots - plots_used), 0) {CEMETERIES}",
}
