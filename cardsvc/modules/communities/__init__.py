"""Urban and rural communities: their five service centres, demonstration sites, organisations of residents."""

from collections.abc import Iterator
from pathlib import Path

from cardsvc.core.figures import Chapter, Count, Counted, Indicator, Mean, Per, Sum, Unit, When
from cardsvc.core.records import Column, Fault, Kind, Label, Record, Values, Wrong
from cardsvc.modules import Module
from cardsvc.modules.communities import half_year

CENTRES = {
    "convenience": Label("便民服务中心", "Convenience centre"),
    "administration": Label("管理服务中心", "Administration centre"),
    "culture_sports": Label("文体服务中心", "Culture and sports centre"),
    "health_family_planning": Label("卫计服务中心", "Health and family planning centre"),
    "elderly": Label("为老服务中心", "Centre for the elderly"),
}


def check(values: Values) -> Iterator[Fault]:
    """No more households than people, where both are known."""
    population, households = values["population"], values["households"]
    if isinstance(population, int) and isinstance(households, int) and households > population:
        yield Fault("households", Wrong.RULE, Label("户数不能多于人口", "There cannot be more households than people"))


COMMUNITY = Record(
    "community",
    Label("社区", "Community"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column(
            "kind",
            Label("类型", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"urban": Label("城市社区", "Urban"), "rural": Label("农村新社区", "New rural")},
        ),
        Column("town", Label("乡镇（街道）", "Town"), searched=True, sorted=True),
        Column("population", Label("人口", "Population"), Kind.NUMBER, sorted=True),
        Column("households", Label("户数", "Households"), Kind.NUMBER),
        *(Column(f"has_{name}", label, Kind.YES_NO, needed=True, filtered=True) for name, label in CENTRES.items()),
        Column("mass_organisations", Label("群众组织数", "Mass organisations"), Kind.NUMBER, listed=False),
        Column("volunteer_organisations", Label("志愿组织数", "Volunteer organisations"), Kind.NUMBER, listed=False),
        Column("since", Label("成立日期", "Since"), Kind.DATE, sorted=True, listed=False),
    ),
    name_by=("name",),
    dated="since",
    check=check,
)
DEMONSTRATION = Record(
    "demonstration",
    Label("示范点", "Demonstration site"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True),
        Column("community", Label("社区", "Community"), Kind.LINK, of="community"),
        Column(
            "level",
            Label("级别", "Level"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"city": Label("市级", "City"), "county": Label("县级", "County")},
        ),
        Column("named_on", Label("命名日期", "Named on"), Kind.DATE, needed=True, sorted=True),
        Column("fund", Label("争取资金", "Funds obtained"), Kind.MONEY, sorted=True),
    ),
    name_by=("name",),
    dated="named_on",
)


def _communities(**where: str | bool) -> Count:
    return Count("community", where, When.BY_THEN)


def _share(name: str) -> Counted:
    return Per(_communities(**{f"has_{name}": True}), _communities(), times=100)


C = Chapter.COMMUNITIES
MODULE = Module(
    "communities",
    Label("城乡社区", "Communities"),
    records=(COMMUNITY, DEMONSTRATION),
    indicators=(
        Indicator("communities_total", Label("社区总数", "Communities"), Unit.COUNT, _communities(), C),
        Indicator(
            "rural_communities", Label("农村新社区", "New rural communities"), Unit.COUNT, _communities(kind="rural"), C
        ),
        Indicator(
            "urban_communities", Label("城市社区", "Urban communities"), Unit.COUNT, _communities(kind="urban"), C
        ),
        *(
            Indicator(
                f"with_{name}_centre",
                Label(f"建有{label.zh}的社区", f"Communities with: {label.en.lower()}"),
                Unit.COUNT,
                _communities(**{f"has_{name}": True}),
                C,
            )
            for name, label in CENTRES.items()
        ),
        *(
            Indicator(
                f"{name}_coverage",
                Label(f"{label.zh}覆盖率", f"Coverage: {label.en.lower()}"),
                Unit.PERCENT,
                _share(name),
                C,
            )
            for name, label in CENTRES.items()
        ),
        Indicator(
            "five_centres_mean_coverage",
            Label("五类中心平均覆盖率", "Mean coverage of the five centres"),
            Unit.PERCENT,
            Mean(tuple(_share(name) for name in CENTRES)),
            C,
        ),
        Indicator(
            "demonstration_sites",
            Label("市级示范点", "City demonstration sites"),
            Unit.COUNT,
            Count("demonstration", {"level": "city"}),
            C,
        ),
        Indicator(
            "demonstration_funds",
            Label("争取示范资金", "Funds obtained"),
            Unit.YUAN,
            Sum("demonstration", "fund"),
            C,
        ),
        Indicator(
            "mass_organisations_per_community",
            Label("每社区群众组织", "Mass organisations per community"),
            Unit.RATIO,
            Per(Sum("community", "mass_organisations", when=When.BY_THEN), _communities()),
            C,
        ),
        Indicator(
            "volunteer_organisations_per_community",
            Label("每社区志愿组织", "Volunteer organisations per community"),
            Unit.RATIO,
            Per(Sum("community", "volunteer_organisations", when=When.BY_THEN), _communities()),
            C,
        ),
    ),
    schema=Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"),
    half_year=half_year.rows,
)
