"""What the figures of the welfare lottery must be, in SQL by hand."""

from tests.modules.tenths import tenths

HERE = "home_id = :home AND (CAST(:county AS TEXT) IS NULL OR county = :county)"
ENDED = f"FROM welfare_lottery_sales_period WHERE {HERE} AND last_day BETWEEN"
SALES = f"(SELECT COALESCE(SUM(sales), 0) {ENDED} :first AND :last)"
SALES_BEFORE = f"(SELECT COALESCE(SUM(sales), 0) {ENDED} :first_before AND :last_before)"
FUND = f"(SELECT COALESCE(SUM(fund), 0) {ENDED} :first AND :last)"
SQL = {
    "sales": f"SELECT {SALES}",
    "sales_vs_last_year": f"SELECT {tenths(SALES, SALES_BEFORE, 100)}",
    "public_welfare_fund": f"SELECT {FUND}",
    "public_welfare_fund_share": f"SELECT {tenths(FUND, SALES, 100)}",
    "fund_projects": f"""
        SELECT COUNT(*) FROM welfare_lottery_fund_project WHERE {HERE} AND started_on BETWEEN :first AND :last""",
    "fund_granted": f"""
        SELECT COALESCE(SUM(amount), 0) FROM welfare_lottery_grant
        WHERE {HERE} AND state = 'paid' AND paid_on BETWEEN :first AND :last""",
    "people_helped": f"""
        SELECT COUNT(*) FROM (
            SELECT DISTINCT id_no_blind FROM welfare_lottery_recipient
            WHERE {HERE} AND helped_on BETWEEN :first AND :last
        ) AS people""",
    "charity_nominations": f"""
        SELECT COUNT(*) FROM welfare_lottery_charity_nomination
        WHERE {HERE} AND nominated_on BETWEEN :first AND :last""",
}
