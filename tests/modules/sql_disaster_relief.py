"""What MODULES.md asks of disaster relief, counted by hand-written SQL."""

from tests.modules.stood import stood

HERE = "home_id = :home AND (CAST(:county AS TEXT) IS NULL OR county = :county)"
WITHIN = "BETWEEN :first AND :last"
SHELTER = stood("disaster_relief", "shelter", "published_on", "capacity", "published")
SHELTERS = f"""
FROM {SHELTER} WHERE {HERE} AND published AND (published_on <= :last OR (published_on IS NULL AND known))"""
BATCHES = f"FROM disaster_relief_relief_batch WHERE {HERE} AND relieved_on {WITHIN} AND state = 'handed_out'"

SQL = {
    "shelters_published": f"SELECT COUNT(*) {SHELTERS}",
    "shelter_capacity": f"SELECT COALESCE(SUM(capacity), 0) {SHELTERS}",
    "officers": f"""
        SELECT COUNT(*) FROM {stood("disaster_relief", "officer", "appointed_on left_on")}
        WHERE {HERE} AND left_on IS NULL AND appointed_on <= :last""",
    "officers_trained": f"""
        SELECT COUNT(DISTINCT officer) FROM disaster_relief_attendance
        WHERE {HERE} AND passed AND attended_on {WITHIN}""",
    "trainings": f"SELECT COUNT(*) FROM disaster_relief_training WHERE {HERE} AND held_on {WITHIN}",
    "plans_revised": f"""
        SELECT COUNT(DISTINCT plan) FROM disaster_relief_revision
        WHERE {HERE} AND state = 'issued' AND revised_on {WITHIN}""",
    "people_relieved": f"SELECT COALESCE(SUM(people), 0) {BATCHES}",
    "winter_spring_people": f"SELECT COALESCE(SUM(people), 0) {BATCHES} AND kind = 'winter_spring'",
    "snow_people": f"SELECT COALESCE(SUM(people), 0) {BATCHES} AND kind = 'snow'",
    "relief_money": f"SELECT COALESCE(SUM(money), 0) {BATCHES}",
    "relief_goods": f"SELECT COALESCE(SUM(goods_value), 0) {BATCHES}",
}
