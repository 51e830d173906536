"""The figures of the welfare lottery and of charity, as the bureau reports them."""

from cardsvc.core.figures import Chapter, Count, Growth, Indicator, Per, Sum, Unit
from cardsvc.core.records import Label

C = Chapter.OTHER
SALES = Sum("sales_period", "sales")
FUND = Sum("sales_period", "fund")
INDICATORS = (
    Indicator("sales", Label("福利彩票销量", "Lottery sales"), Unit.YUAN, SALES, C),
    Indicator(
        "sales_vs_last_year",
        Label("福利彩票销量为上年同期的", "Lottery sales, of last year's"),
        Unit.PERCENT,
        Growth(SALES, times=100),
        C,
    ),
    Indicator("public_welfare_fund", Label("筹集公益金", "Public-welfare fund raised"), Unit.YUAN, FUND, C),
    Indicator(
        "public_welfare_fund_share",
        Label("公益金占销量", "Public-welfare fund, of sales"),
        Unit.PERCENT,
        Per(FUND, SALES, times=100),
        C,
    ),
    Indicator("fund_projects", Label("公益金项目立项", "Fund projects set up"), Unit.COUNT, Count("fund_project"), C),
    Indicator(
        "fund_granted",
        Label("拨付公益金", "Fund granted"),
        Unit.YUAN,
        Sum("grant", "amount", {"state": "paid"}),
        C,
    ),
    Indicator(
        "people_helped",
        Label("受助人数", "People helped"),
        Unit.PEOPLE,
        Count("recipient", distinct="id_no"),
        C,
    ),
    Indicator(
        "charity_nominations",
        Label("慈善奖推荐", "Charity-award nominations"),
        Unit.COUNT,
        Count("charity_nomination"),
        C,
    ),
)
