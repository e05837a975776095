"""The command line as a whole: its commands and what may be typed before them; each command is in zhoubao.commands."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from pipeline.common.sentences import SentenceError
from pipeline.common.system_errors import system_sentence
from zhoubao.commands.backup import backup, restore, verify
from zhoubao.commands.checks import checks_app
from zhoubao.commands.contract import contract_app
from zhoubao.commands.doctor import doctor
from zhoubao.commands.engine import engine_app
from zhoubao.commands.hall import hall
from zhoubao.commands.handover import handover, province
from zhoubao.commands.init import init
from zhoubao.commands.inspect import inspect
from zhoubao.commands.notify import notify
from zhoubao.commands.rebuild import expire, rebuild
from zhoubao.commands.release import release
from zhoubao.commands.reload import reload
from zhoubao.commands.report import report
from zhoubao.commands.review import review_app
from zhoubao.commands.run import run
from zhoubao.commands.sample import sample
from zhoubao.commands.status import status
from zhoubao.commands.trace import trace
from zhoubao.commands.upgrade import upgrade
from zhoubao.console import complain, console
from zhoubao.help_texts import keep_help_whole
from zhoubao.session import switches

LOGGER = logging.getLogger(__name__)

# -h is what most people try first.
_HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}
_EXIT_CODES = (
    "退出码：0 做完了；1 没有做完，或有文件、处理意见被拒收，屏幕上写明原因；2 命令写得不对。"
    "Exit codes: 0 done; 1 not done or something was refused, with the reason; 2 the command is mistyped."
)

keep_help_whole()
app = typer.Typer(
    help="周报：从窗口导出的表格到可信的周报数字。From the weekly exports to figures that people can trust.",
    epilog=_EXIT_CODES,
    context_settings=_HELP_OPTIONS,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
# In the order of `zhoubao --help`: the weekly work first, then what keeps a home, of which the doctor is the first.
# Each with an example that may be typed as it stands.
COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (run, "zhoubao run --week 2023-16"),
    (sample, "zhoubao sample --next --defects unknown_channel"),
    (status, "zhoubao status --json"),
    (notify, "zhoubao notify --test"),
    (inspect, "zhoubao inspect 办件明细_2023-16.csv"),
    (reload, "zhoubao reload --source case_detail --week 2023-15"),
    (report, "zhoubao report --week 2023-15 --out 周报"),
    (release, "zhoubao release --week 2023-15 --dry-run"),
    (trace, "zhoubao trace charts.item_ytd 2023-15 其它9类 办结"),
    (handover, "zhoubao handover --out /srv/handover"),
    (province, "zhoubao province /srv/handover --halls halls.csv --out province.duckdb"),
    (init, "zhoubao init 大厅"),
    (hall, "zhoubao hall"),
    (doctor, "zhoubao doctor"),
    (upgrade, "zhoubao upgrade"),
    (backup, "zhoubao backup /mnt/backup/zhoubao"),
    (verify, "zhoubao verify"),
    (restore, "zhoubao restore /mnt/backup/zhoubao --home data-new"),
    (rebuild, "zhoubao rebuild --week 2023-15"),
    (expire, "zhoubao expire"),
)
for command, example in COMMANDS:
    app.command(epilog=f"例 | example：{example}", context_settings=_HELP_OPTIONS)(command)
app.add_typer(review_app, name="review")
app.add_typer(contract_app, name="contract")
app.add_typer(checks_app, name="checks")
app.add_typer(engine_app, name="engine")


def _show_version(is_asked: bool) -> None:
    from pipeline.common.package_version import package_version

    if is_asked:
        console.print(f"zhoubao {package_version()}")
        raise typer.Exit


@app.callback()
def before_any_command(
    debug: Annotated[
        bool, typer.Option("--debug", help="日志写得更细，并在屏幕上显示出错的来龙去脉 | log more, show tracebacks")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="显示版本 | show the version", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Keeps what was typed before the command."""
    from pipeline.common.log import log_to_terminal
    from pipeline.privacy.masking import mask_line

    del version
    switches.is_debug = debug
    log_to_terminal(mask_line, is_debug=debug)


def main() -> None:
    """Runs the command line; an error of the system, or one that nobody foresaw, is one sentence."""
    try:
        app(prog_name="zhoubao")
    except SentenceError as error:
        LOGGER.error("%s: %s", " ".join(sys.argv[1:]), error)
        complain(str(error))
        raise SystemExit(1) from None
    except Exception as error:
        LOGGER.exception("error: %s", " ".join(sys.argv[1:]))
        complain(system_sentence(error) or _unforeseen(error))
        raise SystemExit(1) from None


def _unforeseen(error: Exception) -> str:
    from pipeline.common.log import log_file

    path = log_file()
    where = f"详情见日志 {path}" if path else "加 --debug 再运行一次可看详情，如 zhoubao --debug run --week 2023-15"
    sentence = str(error).rstrip("。")
    return f"程序出错（{type(error).__name__}）：{sentence}。{where}；请连同日志告知平台维护人员。"
