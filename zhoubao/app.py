"""The command line as a whole: its commands and what may be typed before them; each command is in zhoubao.commands."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from pipeline.common.sentences import SentenceError
from pipeline.common.system_errors import system_sentence
from zhoubao.commands.backup import backup, restore, verify
from zhoubao.commands.contract import contract_app
from zhoubao.commands.doctor import doctor
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
from zhoubao.session import switches

LOGGER = logging.getLogger(__name__)

app = typer.Typer(
    help="周报：从窗口导出的表格到可信的周报数字。From the weekly exports to figures that people can trust.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
# In the order of `zhoubao --help`: the weekly work first.
COMMANDS = (run, sample, status, notify, inspect, reload, report, release, trace)
# Then what keeps a home: the doctor first, as he says what is wrong.
KEEPING = (doctor, upgrade, backup, verify, restore, rebuild, expire)
for command in (*COMMANDS, *KEEPING):
    app.command()(command)
app.add_typer(review_app, name="review")
app.add_typer(contract_app, name="contract")


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
