"""The made-up catalogue of items and how cases spread over it; the cases themselves belong in `cases`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.hall.code_list import read_code_list
from pipeline.sample.identity import credit_code
from pipeline.settings import Settings, hall_of_program

IMMEDIATE, PROMISED, LONG, OTHER = range(4)
KIND_LABELS: Final = ("即办件", "承诺件", "承诺件", "其他")
ITEMS_PER_GROUP: Final = (520, 720, 260)

# Share of a group's cases by the class of their item: immediate, promised, long-running promised, other.
CLASS_SHARES: Final = ((0.42, 0.56, 0.0, 0.02), (0.797, 0.15, 0.053, 0.0), (0.33, 0.62, 0.0, 0.05))
PROMISED_DAYS: Final = ((5, 10, 15, 20, 30), (3, 5, 7, 10, 15, 20), (5, 10, 15, 20, 20, 30))
LONG_DAYS: Final = (90, 100, 120)

# Department → weight of its cases in licensing, public service and the other nine. Two have no cases at all.
WEIGHTS: Final[dict[str, tuple[float, float, float]]] = {
    "fagai": (0.6, 0.2, 1), "jingxin": (1.5, 0.4, 1), "jiaoyu": (3, 52, 4), "keji": (0.4, 3, 2),
    "minzong": (0.2, 0.1, 0.5),
    "gongan": (12, 210, 8), "minzheng": (2, 18, 6), "sifa": (4, 6, 9), "caizheng": (1.5, 9, 2), "renshe": (2, 420, 7),
    "ziran": (4, 14, 6), "shengtai": (2.5, 2, 4), "zhujian": (9, 26, 8), "jiaotong": (17, 24, 9), "shuili": (2, 0.8, 3),
    "nongye": (4, 3, 4), "shangwu": (2.5, 2, 3), "wenlv": (4, 3, 2), "weijian": (8, 22, 6), "tuiyi": (0, 5, 2),
    "yingji": (6, 5, 4), "shichang": (22, 48, 9), "guangdian": (0.8, 0.3, 0.6), "tiyu": (0.4, 1.5, 0.8),
    "tongji": (0.2, 0.6, 0.4), "jinrong": (0.4, 0.1, 0.8), "yibao": (0.2, 78, 3), "lincao": (5, 1.5, 4),
    "yaojian": (11, 4, 3),
    "zhongyi": (1, 0.6, 1), "wenwu": (0.4, 0.3, 0.5), "liangshi": (0.2, 0.1, 0.5), "xinwen": (1.2, 0.4, 0.8),
    "dangan": (0.05, 1, 0.2), "renfang": (0.3, 0.05, 0.8), "shuiwu": (1.2, 21, 2), "tongguan": (2.5, 3, 1),
    "youzheng": (1, 0.6, 0.6), "haiguan": (3, 5, 1), "qixiang": (0.5, 0.4, 0.3), "yancao": (0.8, 0.3, 0.4),
    "canlian": (0, 8, 1), "maocu": (0, 4, 0),
}  # fmt: skip

TOPICS: Final[dict[str, str]] = {
    "fagai": "固定资产投资项目 企业投资项目 粮食储备设施 价格鉴证 招标方案",
    "jingxin": "无线电台站 民用爆炸物品 食盐定点企业 监控化学品 工业技改项目",
    "jiaoyu": "教师资格 民办学校 学历证书 普通话水平测试 留学人员",
    "keji": "高新技术企业 技术合同 外国人来华工作 实验动物 科技成果",
    "minzong": "宗教活动场所 民族成份 清真食品标识 宗教教职人员 民族团结项目",
    "gongan": "出入境证件 保安服务公司 机动车驾驶证 户籍信息 易制毒化学品",
    "minzheng": "社会组织 慈善组织 婚姻登记档案 养老机构 殡葬设施",
    "sifa": "律师执业 公证员执业 司法鉴定机构 法律职业资格 法律援助",
    "caizheng": "会计师事务所 会计人员信息 政府采购专家 资产评估机构 代理记账机构",
    "renshe": "社会保险关系 职业技能等级 专业技术职称 人事考试 养老保险待遇 失业保险",
    "ziran": "建设用地预审 矿业权 测绘资质 地图审核 不动产登记资料",
    "shengtai": "辐射安全 危险废物经营 环境影响评价 排污口设置 放射性同位素",
    "zhujian": "建筑业企业资质 注册建造师 安全生产许可证 勘察设计资质 住房公积金",
    "jiaotong": "超限运输车辆 公路建设项目 道路运输从业资格 水路运输经营 船员证书",
    "shuili": "取水 河道管理范围建设项目 水土保持方案 水工程建设规划 水利工程质量",
    "nongye": "种子生产经营 兽药生产 农药经营 饲料添加剂 渔业捕捞",
    "shangwu": "对外贸易经营者 成品油经营 直销企业 拍卖企业 对外劳务合作",
    "wenlv": "营业性演出 旅行社设立 导游证 网络文化经营 艺术品进出口",
    "weijian": "医师执业 护士执业 医疗机构 放射诊疗 消毒产品",
    "tuiyi": "退役军人优待证 烈士褒扬 优抚对象 军休人员 就业创业扶持",
    "yingji": "矿山安全生产 危险化学品 烟花爆竹 安全评价机构 特种作业操作证",
    "shichang": "企业登记 特种设备 食品生产 检验检测机构 计量器具 工业产品生产",
    "guangdian": "广播电视节目制作 卫星地面接收设施 信息网络传播视听节目 有线电视 广播电台频率",
    "tiyu": "运动员技术等级 高危险性体育项目 社会体育指导员 体育彩票 健身气功",
    "tongji": "涉外调查机构 统计资料 统计从业 民间统计 统计调查项目",
    "jinrong": "小额贷款公司 融资担保公司 典当行 地方交易场所 区域性股权市场",
    "yibao": "基本医疗保险参保 异地就医 医保定点机构 生育保险待遇 医疗救助",
    "lincao": "林木采伐 野生动物 草原征占用 林草种子 自然保护地",
    "yaojian": "药品生产 医疗器械 化妆品生产 执业药师注册 药品经营",
    "zhongyi": "中医诊所 中医医疗广告 师承人员 中医执业 中药制剂",
    "wenwu": "文物保护工程 文物商店 考古发掘 馆藏文物 文物出境",
    "liangshi": "粮食收购 储备粮承储 粮食质量检验 军粮供应 粮油仓储",
    "xinwen": "出版物批发 印刷企业 期刊出版 记者证 内部资料",
    "dangan": "档案查阅 档案移交 档案中介 档案鉴定 档案专家",
    "renfang": "人防工程 通信警报设施 人防专用设备 易地建设 人防监理",
    "shuiwu": "增值税发票 税收票证 涉税信息 税务登记 出口退税",
    "tongguan": "增值电信业务 电信设备进网 互联网域名 电信网码号 电信用户申诉",
    "youzheng": "快递业务经营 邮政营业场所 邮票印制 快递末端网点 邮政普遍服务",
    "haiguan": "报关单位 出入境检疫 进出口商品 加工贸易 原产地证书",
    "qixiang": "防雷装置 升放气球 气象资料 气候可行性论证 人工影响天气",
    "yancao": "烟草专卖零售 烟草专卖批发 烟草制品运输 烟草广告 卷烟品牌",
    "canlian": "残疾人证 辅助器具 残疾儿童康复 残疾人就业 无障碍改造",
    "maocu": "货物原产地 国际商事证明 展览项目 商事调解 国际单证",
}
LICENSING: Final = ("许可", "许可变更", "许可延续", "许可注销", "资质核准", "许可证补发")
PUBLIC: Final = (
    "信息查询",
    "证明开具",
    "信息变更",
    "业务咨询",
    "资格核验",
    "网上申报",
    "结果公示查询",
    "材料预审",
    "补贴申领",
)
NINE: Final = (
    ("07", "认定"), ("10", "备案"), ("07", "等级确认"), ("10", "年度报告备案"), ("06", "监督检查"), ("05", "补助给付"),
    ("02", "违规行为处罚"), ("08", "先进奖励"), ("04", "费用征收"), ("03", "强制措施"), ("09", "争议裁决"),
)  # fmt: skip
NINE_WEIGHTS: Final = {
    "07": 1.0,
    "10": 0.9,
    "06": 0.15,
    "05": 0.12,
    "02": 0.12,
    "08": 0.05,
    "04": 0.04,
    "03": 0.02,
    "09": 0.01,
}


@dataclass(frozen=True)
class Department:
    """One of the 45 units: its place in the register, id, name and (made-up) credit code."""

    position: int
    department_id: str
    name: str
    credit_code: str


@dataclass(frozen=True)
class Item:
    """One item of the catalogue; `weight` is its share among the items of its group and class."""

    code: str
    name: str
    power_type: str
    power_label: str
    group: int
    department: int
    item_class: int
    legal_days: int
    promised_days: int
    weight: float


@dataclass(frozen=True)
class Catalogue:
    """Departments in register order, power types in reference order, and the items."""

    departments: tuple[Department, ...]
    power_types: tuple[tuple[str, str, str], ...]
    items: tuple[Item, ...]

    def position(self, department_id: str) -> int:
        """Place of a department in the register, from 0."""
        return next(d.position for d in self.departments if d.department_id == department_id)

    def items_of(self, department_id: str) -> list[Item]:
        """The department's items, in catalogue order."""
        position = self.position(department_id)
        return [item for item in self.items if item.department == position]


def build_catalogue(rng: np.random.Generator) -> Catalogue:
    """About 1,500 items over the departments that have weights; the same generator state gives the same catalogue."""
    departments = tuple(_departments())
    power_types = tuple((r["code"], r["label"], r["power_group"]) for r in _reference("power_type"))
    labels = {code: label for code, label, _ in power_types}
    items: list[Item] = []
    for department in departments:
        titles = _titles(department.department_id)
        for serial, (group, (power_type, name)) in enumerate(titles, start=1):
            items.append(_item(rng, department, group, power_type, labels[power_type], name, serial))
    return Catalogue(departments, power_types, tuple(items))


def _reference(name: str) -> list[dict[str, str]]:
    """The lines of a code list of the hall that the sample is made of, which comes with the program."""
    path = Settings(hall=hall_of_program()).reference.path_of(f"{name}.csv")
    return [] if path is None else read_code_list(path).records


def _departments() -> Iterator[Department]:
    for i, row in enumerate(_reference("department")):
        body = f"1151{i + 1:04d}MB{i * 7919 % 10**7:07d}"
        yield Department(i, row["department_id"], row["department_name"], credit_code(body))


def _titles(department_id: str) -> Iterator[tuple[int, tuple[str, str]]]:
    """Group and (power type, name) of each item of a department, as many as its weights call for."""
    if department_id not in WEIGHTS:
        return
    for group in range(3):
        count = _item_counts(group).get(department_id, 0)
        names = _names(group, TOPICS[department_id].split())
        yield from ((group, names[i]) for i in range(min(count, len(names))))


def _item_counts(group: int) -> dict[str, int]:
    roots = {name: weights[group] ** 0.4 for name, weights in WEIGHTS.items() if weights[group] > 0}
    total = sum(roots.values())
    return {name: max(3, round(ITEMS_PER_GROUP[group] * root / total)) for name, root in roots.items()}


def _names(group: int, topics: list[str]) -> list[tuple[str, str]]:
    """Code of the power type and name of each item that a department can have in a group: ("01", "公路建设许可")."""
    if group == 0:
        return _named("01", topics, LICENSING)
    if group == 1:
        return _named("20", topics, PUBLIC)
    names: list[tuple[str, str]] = []
    for shift in range(3):
        for position, (code, suffix) in enumerate(NINE):
            topic = topics[(position + shift) % len(topics)]
            names.append((code, topic + suffix))
    return names


def _named(code: str, topics: list[str], suffixes: Sequence[str]) -> list[tuple[str, str]]:
    names: list[tuple[str, str]] = []
    for suffix in suffixes:
        names += [(code, topic + suffix) for topic in topics]
    return names


def _item(
    rng: np.random.Generator, department: Department, group: int, power_type: str, label: str, name: str, serial: int
) -> Item:
    item_class = _item_class(group, serial)
    promised = _promised_days(rng, group, item_class)
    weight = WEIGHTS[department.department_id][group] / (1 + serial % 9) * (0.5 + rng.random())
    if group == 2:
        weight *= NINE_WEIGHTS[power_type]
    return Item(
        code=f"{department.credit_code}4{power_type}{department.position + 1:03d}{serial:04d}000",
        name=name,
        power_type=power_type,
        power_label=label,
        group=group,
        department=department.position,
        item_class=item_class,
        legal_days=max(1, promised * int(rng.integers(2, 4))),
        promised_days=promised,
        weight=weight,
    )


def _item_class(group: int, serial: int) -> int:
    """Classes alternate with the serial number, so that every department has items of each class its group knows."""
    pattern = (
        (IMMEDIATE, PROMISED, PROMISED, IMMEDIATE, PROMISED, OTHER),
        (IMMEDIATE, PROMISED, IMMEDIATE, LONG),
        (PROMISED, IMMEDIATE, PROMISED, OTHER),
    )[group]
    return pattern[serial % len(pattern)]


def _promised_days(rng: np.random.Generator, group: int, item_class: int) -> int:
    if item_class == IMMEDIATE:
        return 0
    choices = LONG_DAYS if item_class == LONG else PROMISED_DAYS[group]
    return choices[int(rng.integers(len(choices)))]
