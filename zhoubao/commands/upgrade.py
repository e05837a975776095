"""`zhoubao upgrade`: brings a home of an earlier version to the tables of now; the steps are pipeline.warehouse's."""

from __future__ import annotations

from zhoubao.console import console
from zhoubao.session import in_sentences, require_warehouse, start


def upgrade() -> None:
    """把旧版本的数据目录升级到当前版本：先复制数据仓库，再逐步升级。Upgrade a home of an earlier version, copy first.

    不运行也可以：zhoubao run 会自己先升级。运行中断或失败时，数据仓库保持原样。
    """
    from pipeline.warehouse.database import upgrade_warehouse, version_of_home
    from pipeline.warehouse.upgrade import upgrade_words
    from pipeline.warehouse.versions import current_version

    settings, _ = start()
    require_warehouse(settings, "还没有装载过任何报送，没有可升级的；新的数据目录一开始就是当前版本。")
    with in_sentences():
        version = version_of_home(settings)
        if version is None or version == current_version():
            console.print(f"数据目录已是存储版本 {current_version()}，不用升级。")
            return
        console.print(upgrade_words(version))
        done = upgrade_warehouse(settings)
    if done is not None:
        console.print(
            f"[green]已升级[/]：存储版本 {done.from_version} 至 {done.to_version}（{'、'.join(done.steps)}）。"
        )
        console.print(f"升级前的副本：{done.copy}")
