"""`zhoubao engine`: a Spark of this machine's own, to try a province with; how it is started is the engine layer's."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from zhoubao.console import console
from zhoubao.session import in_sentences, start

engine_app = typer.Typer(
    help="在本机试用 Spark：启动、停止。A Spark of this machine's own, to try a province with.", no_args_is_help=True
)


@engine_app.command("start")
def start_engine(
    workers: Annotated[int, typer.Option(help="几个工作进程 | how many workers", min=1, max=8)] = 2,
) -> None:
    """启动本机的 Spark：只在 127.0.0.1 上，要口令才能连。Start Spark on 127.0.0.1; it answers to a token alone.

    需要 make engine-setup 和 Java 17。已经在运行的，照旧。
    """
    from pipeline.warehouse.engines import local_cluster

    settings, _ = start(is_only_looking=True)
    with in_sentences(OSError):
        cluster = local_cluster.running(settings.engine_folder)
        if cluster is not None:
            console.print(f"Spark 已经在运行：{escape(cluster.remote)}。")
            return
        with console.status("正在启动 Spark（约半分钟）"):
            cluster = local_cluster.start(settings.engine_folder, workers)
    console.print(
        f"Spark 已启动：{escape(cluster.remote)}，{workers} 个工作进程，表和日志在 {escape(str(cluster.folder))}。"
    )
    console.print("用它算全省：zhoubao province 文件夹 --engine spark；用完请运行 zhoubao engine stop。")


@engine_app.command("stop")
def stop_engine() -> None:
    """停止本机的 Spark，它的表和日志一并删去。Stop it; its tables and logs go with it."""
    from pipeline.warehouse.engines import local_cluster

    settings, _ = start(is_only_looking=True)
    with in_sentences(OSError):
        was_there = local_cluster.stop(settings.engine_folder)
    console.print("Spark 已停止，它的表和日志已删去。" if was_there else "没有由 zhoubao engine start 启动的 Spark。")
