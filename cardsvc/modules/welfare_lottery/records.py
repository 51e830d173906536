"""The welfare lottery: what it sold and raised, what its fund pays for, whom that helped, and the charity award."""

from cardsvc.core.records import Column, Flow, Kind, Label, Move, Record
from cardsvc.modules.welfare_lottery import rules

SALES_PERIOD = Record(
    "sales_period",
    Label("销售期", "Sales period"),
    (
        Column(
            "lottery",
            Label("票种", "Lottery"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "draw": Label("电脑票", "Draw"),
                "instant": Label("即开票", "Instant"),
                "video": Label("视频票", "Video"),
            },
        ),
        Column("first_day", Label("起始日期", "First day"), Kind.DATE, needed=True, sorted=True),
        Column("last_day", Label("截止日期", "Last day"), Kind.DATE, needed=True, sorted=True),
        Column("sales", Label("销量", "Sales"), Kind.MONEY, needed=True, sorted=True),
        Column("fund", Label("筹集公益金", "Public-welfare fund raised"), Kind.MONEY, needed=True, sorted=True),
    ),
    name_by=("lottery", "first_day", "last_day"),
    dated="last_day",
    check=rules.sales_period,
)
FUND_PROJECT = Record(
    "fund_project",
    Label("公益金项目", "Fund project"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column(
            "purpose",
            Label("资助类别", "Purpose"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "elderly": Label("扶老", "The elderly"),
                "disabled": Label("助残", "The disabled"),
                "orphans": Label("救孤", "Orphans"),
                "hardship": Label("济困", "Hardship"),
                "other": Label("其他公益", "Other public welfare"),
            },
        ),
        Column("body", Label("实施单位", "Carried out by"), needed=True, searched=True),
        Column("budget", Label("预算", "Budget"), Kind.MONEY, sorted=True),
        Column("started_on", Label("立项日期", "Set up on"), Kind.DATE, needed=True, sorted=True),
        Column("summary", Label("项目内容", "Summary"), Kind.NOTE, listed=False),
    ),
    name_by=("name",),
    dated="started_on",
)
GRANT = Record(
    "grant",
    Label("公益金资助", "Grant"),
    (
        Column("project", Label("项目", "Project"), Kind.LINK, needed=True, filtered=True, of="fund_project"),
        Column("payee", Label("受资助单位", "Payee"), needed=True, searched=True, sorted=True),
        Column("purpose", Label("用途", "For what"), needed=True, searched=True),
        Column("asked", Label("申请金额", "Asked for"), Kind.MONEY, needed=True, sorted=True),
        Column("asked_on", Label("申请日期", "Asked on"), Kind.DATE, needed=True, sorted=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "asked": Label("待审批", "To be approved"),
                "approved": Label("已批准", "Approved"),
                "paid": Label("已拨付", "Paid"),
                "refused": Label("不予资助", "Refused"),
            },
        ),
        Column("amount", Label("批准金额", "Amount approved"), Kind.MONEY, sorted=True),
        Column("account", Label("收款账号", "Account"), Kind.BANK_ACCOUNT, listed=False),
        Column("reason", Label("不予资助原因", "Why it was refused"), Kind.NOTE, listed=False),
        Column("approved_on", Label("批准日期", "Approved on"), Kind.DATE, listed=False),
        Column("paid_on", Label("拨付日期", "Paid on"), Kind.DATE, sorted=True),
    ),
    name_by=("payee", "purpose"),
    dated="paid_on",
    check=rules.grant,
    flow=Flow(
        "state",
        (
            Move(
                "approve",
                Label("批准资助", "Approve"),
                ("asked",),
                "approved",
                ("amount", "account"),
                two=True,
                stamps="approved_on",
            ),
            Move("refuse", Label("不予资助", "Refuse"), ("asked",), "refused", ("reason",)),
            Move("pay", Label("登记拨付", "Note as paid"), ("approved",), "paid", stamps="paid_on"),
            Move("take_back", Label("撤回批准", "Take the approval back"), ("approved",), "asked", two=True),
            Move("bounce", Label("退汇", "The payment came back"), ("paid",), "approved", two=True),
        ),
        frozen=("approved", "paid", "refused"),
        waits=("asked", "approved"),
    ),
)
RECIPIENT = Record(
    "recipient",
    Label("受助人", "Recipient"),
    (
        Column("name", Label("姓名", "Name"), needed=True, searched=True, sorted=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True),
        Column("phone", Label("联系电话", "Phone"), Kind.PHONE, listed=False),
        Column("project", Label("项目", "Project"), Kind.LINK, needed=True, filtered=True, of="fund_project"),
        Column(
            "help",
            Label("资助方式", "Help"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "money": Label("资助金", "Money"),
                "goods": Label("物资", "Goods"),
                "treatment": Label("医疗康复", "Treatment"),
                "schooling": Label("助学", "Schooling"),
            },
        ),
        Column("amount", Label("金额（折价）", "Amount or worth"), Kind.MONEY, sorted=True),
        Column("helped_on", Label("资助日期", "Helped on"), Kind.DATE, needed=True, sorted=True),
    ),
    name_by=("name", "id_no"),
    dated="helped_on",
)
CHARITY_NOMINATION = Record(
    "charity_nomination",
    Label("慈善奖推荐", "Charity-award nomination"),
    (
        Column("nominee", Label("推荐对象", "Nominee"), needed=True, searched=True, sorted=True),
        Column(
            "category",
            Label("奖项", "Award"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "personal_gift": Label("个人捐赠奖", "Gifts of a person"),
                "institution_gift": Label("机构捐赠奖", "Gifts of an institution"),
                "project": Label("慈善项目奖", "Charity project"),
                "volunteering": Label("志愿服务奖", "Volunteering"),
            },
        ),
        Column("nominated_by", Label("推荐单位", "Nominated by"), needed=True, searched=True),
        Column("nominated_on", Label("推荐日期", "Nominated on"), Kind.DATE, needed=True, sorted=True),
        Column("given", Label("捐赠金额", "Given"), Kind.MONEY, sorted=True),
        Column("phone", Label("联系电话", "Phone"), Kind.PHONE, listed=False),
        Column("deed", Label("主要事迹", "What was done"), Kind.NOTE, needed=True, listed=False),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "nominated": Label("已推荐", "Nominated"),
                "shortlisted": Label("入围", "Shortlisted"),
                "notice": Label("公示中", "On public notice"),
                "awarded": Label("获奖", "Awarded"),
                "declined": Label("未入选", "Not chosen"),
            },
        ),
        Column("noticed_on", Label("公示开始日期", "On public notice since"), Kind.DATE, listed=False),
        Column("awarded_on", Label("表彰日期", "Awarded on"), Kind.DATE, sorted=True),
    ),
    name_by=("nominee",),
    dated="nominated_on",
    check=rules.nomination,
    flow=Flow(
        "state",
        (
            Move("shortlist", Label("入围", "Shortlist"), ("nominated",), "shortlisted"),
            Move("notify", Label("开始公示", "Put on public notice"), ("shortlisted",), "notice", stamps="noticed_on"),
            Move("award", Label("表彰", "Award"), ("notice",), "awarded", two=True, stamps="awarded_on"),
            Move("decline", Label("不入选", "Do not choose"), ("nominated", "shortlisted", "notice"), "declined"),
            Move("reconsider", Label("重新考虑", "Consider again"), ("declined",), "nominated", two=True),
        ),
        frozen=("awarded", "declined"),
        waits=("nominated", "shortlisted", "notice"),
    ),
)
RECORDS = (SALES_PERIOD, FUND_PROJECT, GRANT, RECIPIENT, CHARITY_NOMINATION)
