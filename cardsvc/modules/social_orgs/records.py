"""Social organisations, their annual inspection, evaluation, and what government hands over to them or buys."""

from cardsvc.core.records import Column, Effect, Flow, Kind, Label, Move, Record
from cardsvc.modules.social_orgs import rules

KINDS = {
    "association": Label("社会团体", "Association"),
    "service": Label("民办非企业单位", "Private non-enterprise unit"),
    "foundation": Label("基金会", "Foundation"),
}
LEVELS = {"city": Label("市级", "City"), "county": Label("县级", "County")}
STANDING = ("active", "rectifying")
"""The statuses of organisations that exist."""

ORGANISATION = Record(
    "organisation",
    Label("社会组织", "Organisation"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column(
            "credit_code",
            Label("统一社会信用代码", "Unified social credit code"),
            Kind.CREDIT_CODE,
            searched=True,
            unique=True,
            help=Label("备案的组织没有", "A filed organisation has none"),
        ),
        Column("kind", Label("类别", "Kind"), Kind.CHOICE, needed=True, filtered=True, choices=KINDS),
        Column(
            "standing",
            Label("登记或备案", "Registered or filed"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"registered": Label("登记", "Registered"), "filed": Label("备案", "Filed")},
        ),
        Column("level", Label("登记层级", "Level"), Kind.CHOICE, needed=True, filtered=True, choices=LEVELS),
        Column(
            "competent_unit",
            Label("业务主管单位", "Competent unit"),
            searched=True,
            help=Label("直接登记的填“直接登记”", "Write “直接登记” where it registered directly"),
        ),
        Column(
            "status",
            Label("状态", "Status"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "active": Label("正常", "Active"),
                "rectifying": Label("限期整改", "Ordered to rectify"),
                "cancelled": Label("注销", "Deregistered"),
                "revoked": Label("撤销登记", "Registration revoked"),
            },
        ),
        Column(
            "registered_on", Label("登记（备案）日期", "Registered or filed on"), Kind.DATE, needed=True, sorted=True
        ),
        Column("representative", Label("法定代表人（负责人）", "Legal representative"), listed=False),
        Column("phone", Label("联系电话", "Phone"), Kind.PHONE, listed=False),
        Column("address", Label("住所", "Address"), listed=False),
        Column(
            "party",
            Label("党组织", "Party organisation"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "none": Label("未建立", "None"),
                "own": Label("单独组建", "Its own"),
                "joint": Label("联合组建", "Joint with others"),
                "functional": Label("功能型", "Functional"),
            },
        ),
        Column("party_members", Label("党员人数", "Party members"), Kind.NUMBER, listed=False),
        Column("domain_name", Label("中文域名", "Chinese domain name"), searched=True, listed=False),
        Column(
            "pilot",
            Label("“147”试点内", "In the “147” pilot"),
            Kind.YES_NO,
            needed=True,
            filtered=True,
            listed=False,
            help=Label("在试点乡镇（街道）登记或备案", "Registered or filed in a pilot town"),
        ),
        Column(
            "incubated_at",
            Label("孵化基地", "Incubated at"),
            Kind.LINK,
            of="incubation_site",
            filtered=True,
            listed=False,
        ),
    ),
    name_by=("name",),
    dated="registered_on",
    check=rules.organisation,
)
INSPECTED = {
    "passed": Label("合格", "Passed"),
    "basic": Label("基本合格", "Passed with defects"),
    "failed": Label("不合格", "Failed"),
}
ANNUAL_INSPECTION = Record(
    "annual_inspection",
    Label("年度检查", "Annual inspection"),
    (
        Column(
            "organisation", Label("社会组织", "Organisation"), Kind.LINK, needed=True, filtered=True, of="organisation"
        ),
        Column(
            "year",
            Label("检查年度", "Year inspected"),
            Kind.NUMBER,
            needed=True,
            filtered=True,
            sorted=True,
            low=1990,
            high=2100,
        ),
        Column("due_on", Label("填报截止日期", "Due on"), Kind.DATE, needed=True, sorted=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "asked": Label("待填报", "To be submitted"),
                "submitted": Label("已提交", "Submitted"),
                "returned": Label("退回补正", "Returned for correction"),
                **INSPECTED,
                "missed": Label("逾期未参检", "Not submitted in time"),
            },
        ),
        Column("staff", Label("专职工作人员数", "Full-time staff"), Kind.NUMBER, listed=False),
        Column("members", Label("会员数", "Members"), Kind.NUMBER, listed=False),
        Column("income", Label("本年收入", "Income of the year"), Kind.MONEY, listed=False),
        Column("expense", Label("本年支出", "Expense of the year"), Kind.MONEY, listed=False),
        Column("net_assets", Label("年末净资产", "Net assets at the end"), Kind.MONEY, low=None, listed=False),
        Column("report", Label("年度工作总结", "Report of the year"), Kind.NOTE, listed=False),
        Column("filler", Label("填报人", "Filled in by"), listed=False),
        Column("filler_phone", Label("填报人电话", "Phone of who filled it in"), Kind.PHONE, listed=False),
        Column("opinion", Label("审查意见", "Reviewer's opinion"), Kind.NOTE, listed=False),
        Column("submitted_on", Label("提交日期", "Submitted on"), Kind.DATE, sorted=True),
        Column("reviewed_on", Label("审查日期", "Reviewed on"), Kind.DATE),
    ),
    name_by=("organisation", "year"),
    dated="due_on",
    check=rules.inspection,
    together=(("organisation", "year"),),
    flow=Flow(
        "state",
        (
            Move(
                "submit",
                Label("提交年检报告", "Submit the report"),
                ("asked", "returned"),
                "submitted",
                ("staff", "members", "income", "expense", "net_assets", "report", "filler", "filler_phone"),
                outside=True,
                stamps="submitted_on",
            ),
            Move("send_back", Label("退回补正", "Send back"), ("submitted",), "returned", ("opinion",)),
            *(
                Move(name, Label(f"审定{label.zh}", label.en), ("submitted",), name, ("opinion",), stamps="reviewed_on")
                for name, label in INSPECTED.items()
            ),
            Move(
                "miss", Label("记为逾期未参检", "Note as not submitted"), ("asked", "returned"), "missed", ("opinion",)
            ),
            Move(
                "reopen",
                Label("撤销结论", "Take the result back"),
                tuple(INSPECTED),
                "submitted",
                two=True,
                clears=("reviewed_on",),
            ),
        ),
        frozen=rules.REPORTED,
        waits=("submitted",),
        stops=("failed", "missed"),
        pauses=("returned",),
    ),
)


def _unit(name: str) -> Effect:
    """The organisation's competent unit is the one of this column of its change."""
    return Effect("organisation", ("competent_unit",), lambda change, organisation: {"competent_unit": change[name]})


UNIT_CHANGE = Record(
    "unit_change",
    Label("业务主管单位变更", "Change of competent unit"),
    (
        Column(
            "organisation", Label("社会组织", "Organisation"), Kind.LINK, needed=True, filtered=True, of="organisation"
        ),
        Column("level", Label("登记层级", "Level"), Kind.CHOICE, needed=True, filtered=True, choices=LEVELS),
        Column("before_unit", Label("原业务主管单位", "Competent unit before"), needed=True, searched=True),
        Column("after_unit", Label("现业务主管单位", "Competent unit now"), needed=True, searched=True),
        Column("changed_on", Label("变更日期", "Changed on"), Kind.DATE, needed=True, sorted=True),
        Column("document", Label("批准文号", "Document number"), searched=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            filtered=True,
            choices={"recorded": Label("待核准", "To be accepted"), "accepted": Label("已核准", "Accepted")},
        ),
    ),
    name_by=("organisation", "changed_on"),
    dated="changed_on",
    check=rules.unit_change,
    agree=rules.unit_before,
    flow=Flow(
        "state",
        (
            Move("accept", Label("核准", "Accept"), ("recorded",), "accepted", effects=(_unit("after_unit"),)),
            Move("revoke", Label("撤销核准", "Take back"), ("accepted",), "recorded", effects=(_unit("before_unit"),)),
        ),
        frozen=("accepted",),
        waits=("recorded",),
    ),
)
GRADES = {grade: Label(f"{grade}级", grade) for grade in ("5A", "4A", "3A", "2A", "1A")}
EVALUATION = Record(
    "evaluation",
    Label("等级评估", "Evaluation"),
    (
        Column(
            "organisation", Label("社会组织", "Organisation"), Kind.LINK, needed=True, filtered=True, of="organisation"
        ),
        Column("evaluated_on", Label("评定日期", "Evaluated on"), Kind.DATE, needed=True, sorted=True),
        Column(
            "general_score",
            Label("共性指标得分", "General indicators"),
            Kind.NUMBER,
            needed=True,
            high=rules.GENERAL,
            help=Label(f"满分 {rules.GENERAL} 分", f"Out of {rules.GENERAL}"),
        ),
        Column(
            "category_score",
            Label("分类指标得分", "Category indicators"),
            Kind.NUMBER,
            needed=True,
            high=rules.CATEGORY,
            help=Label(f"满分 {rules.CATEGORY} 分", f"Out of {rules.CATEGORY}"),
        ),
        Column("score", Label("总分", "Score"), Kind.NUMBER, derived=True, sorted=True),
        Column("grade", Label("等级", "Grade"), Kind.CHOICE, derived=True, filtered=True, choices=GRADES),
        Column("valid_until", Label("有效期至", "Valid until"), Kind.DATE, derived=True, sorted=True),
    ),
    name_by=("organisation", "grade"),
    dated="evaluated_on",
    derive=rules.graded,
)
CATALOGUE_ITEM = Record(
    "catalogue_item",
    Label("两个目录", "Catalogue item"),
    (
        Column("name", Label("事项", "Item"), needed=True, searched=True, sorted=True),
        Column(
            "catalogue",
            Label("目录", "Catalogue"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "functions": Label("政府职能转移目录", "Functions to hand over"),
                "services": Label("政府购买服务目录", "Services to buy"),
            },
        ),
        Column("unit", Label("转移（购买）部门", "Department"), needed=True, searched=True),
        Column("listed_on", Label("列入日期", "Listed on"), Kind.DATE, needed=True, sorted=True),
        Column("budget", Label("预算", "Budget"), Kind.MONEY),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "listed": Label("已列入", "Listed"),
                "taken": Label("已承接", "Taken up"),
                "done": Label("已完成", "Done"),
                "withdrawn": Label("已退出目录", "Withdrawn"),
            },
        ),
        Column("taken_by", Label("承接组织", "Taken up by"), Kind.LINK, of="organisation", filtered=True),
        Column("price", Label("合同金额", "Contract price"), Kind.MONEY, listed=False),
        Column("taken_on", Label("承接日期", "Taken up on"), Kind.DATE, listed=False),
    ),
    name_by=("name",),
    dated="listed_on",
    check=rules.catalogue_item,
    flow=Flow(
        "state",
        (
            Move(
                "take",
                Label("由社会组织承接", "Hand to an organisation"),
                ("listed",),
                "taken",
                ("taken_by", "price"),
                stamps="taken_on",
            ),
            Move("finish", Label("完成", "Finish"), ("taken",), "done"),
            Move("withdraw", Label("退出目录", "Withdraw"), ("listed", "taken"), "withdrawn"),
        ),
        stops=("withdrawn",),
        begins="listed_on",
    ),
)
PUBLICATION = Record(
    "publication",
    Label("公开事项", "Published item"),
    (
        Column("title", Label("标题", "Title"), needed=True, searched=True),
        Column(
            "kind",
            Label("类别", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "registration": Label("登记公告", "Registrations"),
                "inspection": Label("年检结论", "Inspection results"),
                "evaluation": Label("评估结果", "Evaluation results"),
                "catalogue": Label("转移与购买目录", "Catalogues"),
                "donation": Label("捐赠与资助", "Donations and grants"),
                "guide": Label("办事指南", "Guides"),
            },
        ),
        Column("organisation", Label("社会组织", "Organisation"), Kind.LINK, of="organisation", filtered=True),
        Column("published_on", Label("公开日期", "Published on"), Kind.DATE, needed=True, sorted=True),
        Column("body", Label("内容", "Text"), Kind.NOTE, listed=False),
        Column("on_page", Label("在公众网页上", "On the public page"), Kind.YES_NO, needed=True, filtered=True),
    ),
    name_by=("title",),
    dated="published_on",
    published="on_page",
    public=("title", "kind", "published_on", "body"),
)
INCUBATION_SITE = Record(
    "incubation_site",
    Label("孵化基地", "Incubation site"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column("town", Label("乡镇（街道）", "Town"), needed=True, searched=True, sorted=True),
        Column("pilot", Label("“147”试点", "“147” pilot"), Kind.YES_NO, needed=True, filtered=True),
        Column("operator", Label("运营机构", "Run by")),
        Column("area", Label("面积（平方米）", "Area (m²)"), Kind.NUMBER, sorted=True),
        Column("opened_on", Label("启用日期", "Opened on"), Kind.DATE, needed=True, sorted=True),
        Column("place", Label("位置", "Place"), Kind.POINT, listed=False),
    ),
    name_by=("name",),
    dated="opened_on",
    point="place",
)
RECORDS = (
    *(ORGANISATION, ANNUAL_INSPECTION, UNIT_CHANGE, EVALUATION),
    *(CATALOGUE_ITEM, PUBLICATION, INCUBATION_SITE),
)
