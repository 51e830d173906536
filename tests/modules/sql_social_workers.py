"""What the figures of social workers must be, in SQL by hand."""

from tests.modules.stood import stood
from tests.modules.tenths import tenths

HERE = "home_id = :home AND (CAST(:county AS TEXT) IS NULL OR county = :county)"
REGISTERED = f"FROM social_workers_exam_registration WHERE {HERE} AND registered_on BETWEEN"
NATIONAL = f"(SELECT COUNT(*) {REGISTERED} :first AND :last AND exam = 'national')"
NATIONAL_BEFORE = f"(SELECT COUNT(*) {REGISTERED} :first_before AND :last_before AND exam = 'national')"
CITY = f"(SELECT COUNT(*) {REGISTERED} :first AND :last AND exam = 'city')"
CITY_PASSED = f"(SELECT COUNT(*) {REGISTERED} :first AND :last AND exam = 'city' AND review = 'passed')"
SESSIONS = f"FROM social_workers_training_session WHERE {HERE} AND held_on BETWEEN :first AND :last"
WORKERS = stood("social_workers", "community_worker", "state source certificate since")
STAFF = f"FROM {WORKERS} WHERE {HERE} AND since <= :last AND state <> 'left'"
SQL = {
    "national_exam_registrations": f"SELECT {NATIONAL}",
    "national_exam_registrations_vs_last_year": f"SELECT {tenths(NATIONAL, NATIONAL_BEFORE)}",
    "city_exam_registrations": f"SELECT {CITY}",
    "city_exam_past_review": f"SELECT {CITY_PASSED}",
    "city_exam_review_rate": f"SELECT {tenths(CITY_PASSED, CITY, 100)}",
    "training_classes": f"SELECT COUNT(*) FROM (SELECT DISTINCT training_class {SESSIONS}) AS classes",
    "training_sessions": f"SELECT COUNT(*) {SESSIONS}",
    "trained": f"SELECT COALESCE(SUM(trained), 0) {SESSIONS}",
    "full_time_staff": f"SELECT COUNT(*) {STAFF}",
    "seconded_staff": f"SELECT COUNT(*) {STAFF} AND source = 'seconded'",
    "certified_share": f"SELECT {tenths('COUNT(certificate)', 'COUNT(*)', 100)} {STAFF}",
    "policy_documents": f"""
        SELECT COUNT(*) FROM social_workers_policy_document WHERE {HERE} AND issued_on BETWEEN :first AND :last""",
}
