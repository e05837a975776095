"""The commonest surnames, by which a name is known among other words; `guess` and `masking` ask."""

from __future__ import annotations

from typing import Final

SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    "廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
DOUBLE_SURNAMES: Final = ("欧阳", "司马", "上官", "诸葛", "尉迟", "皇甫", "令狐")
