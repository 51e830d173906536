"""What the figures of communities must be, in SQL by hand."""

from tests.modules.stood import stood
from tests.modules.tenths import tenths

HERE = "home_id = :home AND (CAST(:county AS TEXT) IS NULL OR county = :county)"
COUNTS = "mass_organisations volunteer_organisations"
HAVE = "has_convenience has_administration has_culture_sports has_health_family_planning has_elderly"
THEN = stood("communities", "community", "kind since", COUNTS, HAVE)
STANDS = f"FROM {THEN} WHERE {HERE} AND (since <= :last OR (since IS NULL AND known))"
NAMED = f"FROM communities_demonstration WHERE {HERE} AND named_on BETWEEN :first AND :last"


def _with(centre: str) -> str:
    return f"SELECT COUNT(*) {STANDS} AND has_{centre}"


def _coverage(centre: str) -> str:
    return f"SELECT {tenths(f'COUNT(CASE WHEN has_{centre} THEN 1 END)', 'COUNT(*)', 100)} {STANDS}"


def _each(organisations: str) -> str:
    return f"SELECT {tenths(f'COALESCE(SUM({organisations}), 0)', 'COUNT(*)')} {STANDS}"


CENTRES = """
    COUNT(CASE WHEN has_convenience THEN 1 END) + COUNT(CASE WHEN has_administration THEN 1 END)
    + COUNT(CASE WHEN has_culture_sports THEN 1 END) + COUNT(CASE WHEN has_health_family_planning THEN 1 END)
    + COUNT(CASE WHEN has_elderly THEN 1 END)
"""
SQL = {
    "communities_total": f"SELECT COUNT(*) {STANDS}",
    "rural_communities": f"SELECT COUNT(*) {STANDS} AND kind = 'rural'",
    "urban_communities": f"SELECT COUNT(*) {STANDS} AND kind = 'urban'",
    "with_convenience_centre": _with("convenience"),
    "with_administration_centre": _with("administration"),
    "with_culture_sports_centre": _with("culture_sports"),
    "with_health_family_planning_centre": _with("health_family_planning"),
    "with_elderly_centre": _with("elderly"),
    "convenience_coverage": _coverage("convenience"),
    "administration_coverage": _coverage("administration"),
    "culture_sports_coverage": _coverage("culture_sports"),
    "health_family_planning_coverage": _coverage("health_family_planning"),
    "elderly_coverage": _coverage("elderly"),
    "five_centres_mean_coverage": f"SELECT {tenths(CENTRES, '5 * COUNT(*)', 100)} {STANDS}",
    "demonstration_sites": f"SELECT COUNT(*) {NAMED} AND level = 'city'",
    "demonstration_funds": f"SELECT COALESCE(SUM(fund), 0) {NAMED}",
    "mass_organisations_per_community": _each("mass_organisations"),
    "volunteer_organisations_per_community": _each("volunteer_organisations"),
}
