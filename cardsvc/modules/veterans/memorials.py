"""Martyrs' memorial sites, shown to the public on a page and a map, and the projects that rescue them."""

from cardsvc.core.records import Column, Flow, Kind, Label, Move, Record

MEMORIAL = Record(
    "memorial",
    Label("烈士纪念设施", "Martyrs' memorial site"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column(
            "kind",
            Label("类型", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "cemetery": Label("烈士陵园", "Martyrs' cemetery"),
                "monument": Label("纪念碑（塔）", "Monument"),
                "hall": Label("纪念馆", "Memorial hall"),
                "grave": Label("散葬烈士墓", "Scattered grave"),
            },
        ),
        Column(
            "level",
            Label("保护级别", "Protected by"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "nation": Label("国家级", "Nation"),
                "province": Label("省级", "Province"),
                "city": Label("市级", "City"),
                "county": Label("县级", "County"),
                "none": Label("零散", "Scattered"),
            },
        ),
        Column("town", Label("乡镇（街道）", "Town"), searched=True, sorted=True),
        Column("address", Label("地址", "Address"), listed=False),
        Column("point", Label("位置", "Position"), Kind.POINT, listed=False),
        Column("keeper", Label("管护单位", "Keeper")),
        Column("graves", Label("烈士墓（座）", "Graves"), Kind.NUMBER, sorted=True),
        Column("opened_on", Label("建成日期", "Built on"), Kind.DATE, sorted=True, listed=False),
        Column(
            "condition",
            Label("完好程度", "Condition"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "good": Label("完好", "Good"),
                "worn": Label("需修缮", "Needs repair"),
                "endangered": Label("濒危", "Endangered"),
            },
        ),
        Column("shown", Label("对外公布", "Shown to the public"), Kind.YES_NO, needed=True, filtered=True),
    ),
    name_by=("name",),
    dated="opened_on",
    published="shown",
    public=("name", "kind", "level", "town", "address", "point", "graves"),
    point="point",
)
RESCUE = Record(
    "rescue",
    Label("抢救保护项目", "Rescue project"),
    (
        Column("name", Label("项目名称", "Project"), needed=True, searched=True, sorted=True),
        Column("memorial", Label("纪念设施", "Memorial site"), Kind.LINK, needed=True, of="memorial"),
        Column(
            "way",
            Label("方式", "Way"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "moved": Label("迁移集中", "Moved to a cemetery"),
                "repaired": Label("修缮", "Repaired"),
                "guarded": Label("就地保护", "Guarded where it is"),
            },
        ),
        Column("approved_on", Label("立项日期", "Approved on"), Kind.DATE, needed=True, sorted=True),
        Column("budget", Label("预算", "Budget"), Kind.MONEY, needed=True, sorted=True, low=1),
        Column("spent", Label("决算", "Spent"), Kind.MONEY, listed=False),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "approved": Label("已立项", "Approved"),
                "started": Label("施工中", "Under way"),
                "finished": Label("已完工", "Finished"),
                "stopped": Label("终止", "Stopped"),
            },
        ),
        Column("started_on", Label("开工日期", "Started on"), Kind.DATE, listed=False),
        Column("finished_on", Label("完工日期", "Finished on"), Kind.DATE, sorted=True),
    ),
    name_by=("name",),
    dated="approved_on",
    flow=Flow(
        "state",
        (
            Move("start", Label("开工", "Start"), ("approved",), "started", stamps="started_on"),
            Move("finish", Label("完工", "Finish"), ("started",), "finished", ("spent",), stamps="finished_on"),
            Move("stop", Label("终止", "Stop"), ("approved", "started"), "stopped", two=True),
        ),
        frozen=("stopped",),
        stops=("stopped",),
        begins="approved_on",
    ),
)
