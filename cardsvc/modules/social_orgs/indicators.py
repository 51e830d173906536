"""The figures of social organisations, as the bureau reports them."""

from cardsvc.core.figures import FILLED, Chapter, Count, Growth, Indicator, Per, Unit, When
from cardsvc.core.records import Label, Value
from cardsvc.modules.social_orgs.records import STANDING
from cardsvc.modules.social_orgs.rules import REPORTED

C = Chapter.COMMUNITIES
IN_CATALOGUE = ("listed", "taken", "done")


def _organisations(**where: Value | tuple[Value, ...]) -> Count:
    return Count("organisation", {"status": STANDING, **where}, When.BY_THEN)


def _catalogue(name: str) -> Count:
    return Count("catalogue_item", {"catalogue": name, "state": IN_CATALOGUE}, When.BY_THEN)


ALL = _organisations()
WITH_PARTY = _organisations(party=("own", "joint", "functional"))
DUE = Count("annual_inspection")
TAKEN = Count("annual_inspection", {"state": REPORTED})
INDICATORS = (
    Indicator("organisations", Label("社会组织总数", "Organisations"), Unit.COUNT, ALL, C),
    Indicator(
        "organisations_vs_last_year",
        Label("社会组织总数为上年同期的", "Organisations, of last year's"),
        Unit.PERCENT,
        Growth(ALL, times=100),
        C,
    ),
    Indicator("associations", Label("社会团体", "Associations"), Unit.COUNT, _organisations(kind="association"), C),
    Indicator(
        "service_units",
        Label("民办非企业单位", "Private non-enterprise units"),
        Unit.COUNT,
        _organisations(kind="service"),
        C,
    ),
    Indicator("foundations", Label("基金会", "Foundations"), Unit.COUNT, _organisations(kind="foundation"), C),
    Indicator(
        "with_party_organisation",
        Label("已建党组织的社会组织", "With a Party organisation"),
        Unit.COUNT,
        WITH_PARTY,
        C,
    ),
    Indicator(
        "with_party_organisation_share",
        Label("党组织组建率", "Share with a Party organisation"),
        Unit.PERCENT,
        Per(WITH_PARTY, ALL, times=100),
        C,
    ),
    Indicator(
        "competent_unit_changes",
        Label("市级变更业务主管单位", "Changes of competent unit, city level"),
        Unit.COUNT,
        Count("unit_change", {"level": "city", "state": "accepted"}),
        C,
    ),
    Indicator("published_items", Label("公开事项", "Published items"), Unit.COUNT, Count("publication"), C),
    Indicator(
        "pilot_filed_or_registered",
        Label("“147”试点登记或备案的组织", "Filed or registered in the “147” pilot"),
        Unit.COUNT,
        _organisations(pilot=True),
        C,
    ),
    Indicator(
        "pilot_towns",
        Label("“147”试点乡镇（街道）", "Towns of the “147” pilot"),
        Unit.COUNT,
        Count("incubation_site", {"pilot": True}, When.BY_THEN, distinct="town"),
        C,
    ),
    Indicator(
        "incubation_sites",
        Label("孵化基地", "Incubation sites"),
        Unit.COUNT,
        Count("incubation_site", when=When.BY_THEN),
        C,
    ),
    Indicator(
        "incubated",
        Label("孵化基地孵化的组织", "Organisations incubated at a site"),
        Unit.COUNT,
        _organisations(incubated_at=FILLED),
        C,
    ),
    Indicator(
        "annual_inspection_rate",
        Label("年检率", "Annual-inspection rate"),
        Unit.PERCENT,
        Per(TAKEN, DUE, times=100),
        C,
    ),
    Indicator(
        "annual_inspection_pass_rate",
        Label("年检合格率", "Passed of those that took part"),
        Unit.PERCENT,
        Per(Count("annual_inspection", {"state": "passed"}), TAKEN, times=100),
        C,
    ),
    Indicator(
        "annual_inspections_vs_last_year",
        Label("参检组织数为上年同期的", "Inspected, of last year's"),
        Unit.PERCENT,
        Growth(TAKEN, times=100),
        C,
    ),
    Indicator("evaluated", Label("参加等级评估", "Evaluated"), Unit.COUNT, Count("evaluation"), C),
    Indicator(
        "evaluated_3a_or_better",
        Label("评为3A级以上", "Evaluated 3A or better"),
        Unit.COUNT,
        Count("evaluation", {"grade": ("5A", "4A", "3A")}),
        C,
    ),
    Indicator(
        "functions_in_catalogue",
        Label("职能转移目录事项", "Functions in the catalogue"),
        Unit.COUNT,
        _catalogue("functions"),
        C,
    ),
    Indicator(
        "services_in_catalogue",
        Label("购买服务目录事项", "Services in the catalogue"),
        Unit.COUNT,
        _catalogue("services"),
        C,
    ),
    Indicator(
        "chinese_domain_names",
        Label("注册中文域名的组织", "With a Chinese domain name"),
        Unit.COUNT,
        _organisations(domain_name=FILLED),
        C,
    ),
)
