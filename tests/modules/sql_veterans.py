"""The figures of veterans by hand: from MODULES.md's words, not from the module's declaration.

Parameters: home, first and last day of the period, county or NULL. Yuan are fen.
"""

from tests.modules.stood import stood
from tests.modules.tenths import tenths

HERE = "home_id = :home AND (CAST(:county AS TEXT) IS NULL OR county = :county)"
BETWEEN = "BETWEEN :first AND :last"
TROOPS = f"FROM veterans_visit WHERE {HERE} AND whom = 'troops' AND visited_on {BETWEEN}"
PEOPLE = f"FROM veterans_visit WHERE {HERE} AND whom = 'beneficiaries' AND visited_on {BETWEEN}"
RESCUED = f"FROM veterans_rescue WHERE {HERE} AND approved_on {BETWEEN}"
CITY = f"FROM veterans_petition WHERE {HERE} AND level = 'city' AND received_on {BETWEEN}"
ANSWERED = f"FROM veterans_petition WHERE {HERE} AND state IN ('answered', 'closed') AND received_on {BETWEEN}"
IN_TIME = "answered_on IS NOT NULL AND (due_on IS NULL OR answered_on <= due_on)"
BENEFICIARY = stood("veterans", "beneficiary", "category state since")
STANDS = f"SELECT COUNT(*) FROM {BENEFICIARY} WHERE {HERE} AND state = 'active' AND since <= :last"
SETTLED = f"FROM veterans_settlement WHERE {HERE} AND state <> 'void' AND settled_on {BETWEEN}"
FINISHED = "state = 'finished'"
TRAINED = f"FROM veterans_retraining WHERE {HERE} AND started_on {BETWEEN}"

SQL: dict[str, str] = {
    "troop_visit_money": f"SELECT COALESCE(SUM(money), 0) {TROOPS}",
    "troop_visit_goods": f"SELECT COALESCE(SUM(goods), 0) {TROOPS}",
    "beneficiaries_visited": f"SELECT COALESCE(SUM(persons), 0) {PEOPLE}",
    "beneficiary_visit_money": f"SELECT COALESCE(SUM(money), 0) {PEOPLE}",
    "beneficiary_visit_goods": f"SELECT COALESCE(SUM(goods), 0) {PEOPLE}",
    "memorial_rescue_projects": f"SELECT COUNT(*) {RESCUED}",
    "memorial_rescue_budget": f"SELECT COALESCE(SUM(budget), 0) {RESCUED}",
    "letters": f"SELECT COUNT(*) {CITY} AND kind = 'letter'",
    "visit_batches": f"SELECT COUNT(*) {CITY} AND kind = 'visit'",
    "visit_people": f"SELECT COALESCE(SUM(people), 0) {CITY} AND kind = 'visit'",
    "petitions_in_time": (f"SELECT {tenths(f'COUNT(CASE WHEN {IN_TIME} THEN 1 END)', 'COUNT(*)', 100)} {ANSWERED}"),
    "petition_days": f"SELECT {tenths('COALESCE(SUM(days), 0)', 'COUNT(*)')} {ANSWERED}",
    "beneficiaries": STANDS,
    "disabled_people": f"{STANDS} AND category = 'disabled'",
    "martyr_family_people": f"{STANDS} AND category = 'martyr_family'",
    "duty_family_people": f"{STANDS} AND category = 'duty_family'",
    "illness_family_people": f"{STANDS} AND category = 'illness_family'",
    "martyr_child_people": f"{STANDS} AND category = 'martyr_child'",
    "returned_people": f"{STANDS} AND category = 'returned'",
    "returned_ill_people": f"{STANDS} AND category = 'returned_ill'",
    "war_people": f"{STANDS} AND category = 'war'",
    "nuclear_people": f"{STANDS} AND category = 'nuclear'",
    "rural_people": f"{STANDS} AND category = 'rural'",
    "pensions_paid": f"SELECT COALESCE(SUM(amount), 0) FROM veterans_payment WHERE {HERE} AND paid_on {BETWEEN}",
    "medical_settlements": f"SELECT COUNT(*) {SETTLED}",
    "medical_subsidy": f"SELECT COALESCE(SUM(subsidy), 0) {SETTLED}",
    "recognised": (
        f"SELECT COUNT(*) FROM veterans_recognition WHERE {HERE} AND state = 'recognised' AND decided_on {BETWEEN}"
    ),
    "memorial_sites": (
        f"SELECT COUNT(*) FROM {stood('veterans', 'memorial', 'opened_on')}"
        f" WHERE {HERE} AND (opened_on <= :last OR (opened_on IS NULL AND known))"
    ),
    "memorial_rescue_finished_share": (
        f"SELECT {tenths(f'COUNT(CASE WHEN {FINISHED} THEN 1 END)', 'COUNT(*)', 100)} {RESCUED}"
    ),
    "soldiers_placed": (
        f"SELECT COUNT(*) FROM veterans_soldier WHERE {HERE} AND state = 'placed' AND placed_on {BETWEEN}"
    ),
    "soldiers_retrained": f"SELECT COUNT(DISTINCT soldier) {TRAINED}",
    "retraining_certificate_share": (
        f"SELECT {tenths('COUNT(CASE WHEN certificate THEN 1 END)', 'COUNT(*)', 100)} {TRAINED} AND state = 'finished'"
    ),
}
