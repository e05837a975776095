"""How alike names are."""

from pipeline.ingest.recognise.likeness import likeness, nearest

ALIASES = {"住房城乡建设厅": "zhujian", "公安厅": "gongan", "交通运输厅": "jiaotong"}
LEVEL = ("四川", "省", "成都")


def test_an_abbreviation_is_near_its_full_name_and_a_stranger_is_not() -> None:
    assert likeness("省住建厅", "住房城乡建设厅", LEVEL) >= 90
    assert likeness("省住建厅", "交通运输厅", LEVEL) < 50
    assert nearest(["完全无关"], ALIASES) is None


def test_words_of_the_halls_level_count_only_where_no_setting_leaves_them_out() -> None:
    assert likeness("四川省公安厅", "公安厅", LEVEL) == 100
    assert likeness("四川省公安厅", "公安厅") < 100
    assert likeness("省", "省", LEVEL) == 100, "a name of nothing else is itself"
