"""What the figures of social organisations must be, in SQL by hand."""

from tests.modules.stood import stood
from tests.modules.tenths import tenths

HERE = "home_id = :home AND (CAST(:county AS TEXT) IS NULL OR county = :county)"
COLUMNS = "kind status registered_on party domain_name incubated_at"
ACTIVE = f"WHERE {HERE} AND status NOT IN ('cancelled', 'revoked') AND registered_on <="
STANDS = f"FROM {stood('social_orgs', 'organisation', COLUMNS, flags='pilot')} {ACTIVE} :last"
STOOD = f"FROM {stood('social_orgs', 'organisation', COLUMNS, before='_before')} {ACTIVE} :last_before"
INSPECTED = f"FROM social_orgs_annual_inspection WHERE {HERE} AND due_on BETWEEN :first AND :last"
INSPECTED_BEFORE = INSPECTED.replace(":first", ":first_before").replace(":last", ":last_before")
TOOK_PART = "state IN ('submitted', 'passed', 'basic', 'failed')"
SITE = stood("social_orgs", "incubation_site", "town opened_on", flags="pilot")
SITES = f"FROM {SITE} WHERE {HERE} AND opened_on <= :last"
EVALUATED = f"FROM social_orgs_evaluation WHERE {HERE} AND evaluated_on BETWEEN :first AND :last"
ITEMS = stood("social_orgs", "catalogue_item", "catalogue state listed_on")
CATALOGUE = f"FROM {ITEMS} WHERE {HERE} AND listed_on <= :last AND state <> 'withdrawn'"
SQL = {
    "organisations": f"SELECT COUNT(*) {STANDS}",
    "organisations_vs_last_year": (
        f"SELECT {tenths(f'(SELECT COUNT(*) {STANDS})', f'(SELECT COUNT(*) {STOOD})', 100)}"
    ),
    "associations": f"SELECT COUNT(*) {STANDS} AND kind = 'association'",
    "service_units": f"SELECT COUNT(*) {STANDS} AND kind = 'service'",
    "foundations": f"SELECT COUNT(*) {STANDS} AND kind = 'foundation'",
    "with_party_organisation": f"SELECT COUNT(*) {STANDS} AND party <> 'none'",
    "with_party_organisation_share": (
        f"SELECT {tenths('COUNT(CASE WHEN party <> $none$ THEN 1 END)', 'COUNT(*)', 100)} {STANDS}"
    ).replace("$", "'"),
    "competent_unit_changes": f"""
        SELECT COUNT(*) FROM social_orgs_unit_change
        WHERE {HERE} AND level = 'city' AND state = 'accepted' AND changed_on BETWEEN :first AND :last""",
    "published_items": f"""
        SELECT COUNT(*) FROM social_orgs_publication WHERE {HERE} AND published_on BETWEEN :first AND :last""",
    "pilot_filed_or_registered": f"SELECT COUNT(*) {STANDS} AND pilot",
    "pilot_towns": f"SELECT COUNT(*) FROM (SELECT DISTINCT town {SITES} AND pilot) AS towns",
    "incubation_sites": f"SELECT COUNT(*) {SITES}",
    "incubated": f"SELECT COUNT(*) {STANDS} AND incubated_at IS NOT NULL",
    "annual_inspection_rate": (
        f"SELECT {tenths(f'COUNT(CASE WHEN {TOOK_PART} THEN 1 END)', 'COUNT(*)', 100)} {INSPECTED}"
    ),
    "annual_inspection_pass_rate": (
        f"SELECT {tenths('COUNT(CASE WHEN state = $passed$ THEN 1 END)', 'COUNT(*)', 100)} {INSPECTED} AND {TOOK_PART}"
    ).replace("$", "'"),
    "annual_inspections_vs_last_year": "SELECT "
    + tenths(
        f"(SELECT COUNT(*) {INSPECTED} AND {TOOK_PART})",
        f"(SELECT COUNT(*) {INSPECTED_BEFORE} AND {TOOK_PART})",
        100,
    ),
    "evaluated": f"SELECT COUNT(*) {EVALUATED}",
    "evaluated_3a_or_better": f"SELECT COUNT(*) {EVALUATED} AND general_score + category_score >= 700",
    "functions_in_catalogue": f"SELECT COUNT(*) {CATALOGUE} AND catalogue = 'functions'",
    "services_in_catalogue": f"SELECT COUNT(*) {CATALOGUE} AND catalogue = 'services'",
    "chinese_domain_names": f"SELECT COUNT(*) {STANDS} AND domain_name IS NOT NULL",
}
