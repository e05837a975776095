"""A real Spark of this machine's own, to try a province with: a master, workers and a Connect server on 127.0.0.1.

Its processes answer only to those who know the secret or the token, the master takes no work by REST, and all of it
lies in one folder that nobody else may read: logs of executors hold values. The processes go on when whoever started
them ends; `stop` ends them.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pipeline.common.sentences import SentenceError
from pipeline.settings import PROJECT_ROOT

PACKAGES: Final = PROJECT_ROOT / ".venv-engine"
HOST: Final = "127.0.0.1"
_RECORD: Final = "cluster.json"
_LONGEST_START_S: Final = 180.0
_LONGEST_STOP_S: Final = 15.0
# Its processes live for minutes: compiling them well costs more than it gives back.
_JAVA_OPTIONS: Final = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
_DEPLOY: Final = "org.apache.spark.deploy"
_CONNECT: Final = "org.apache.spark.sql.connect.service.SparkConnectServer"


class ClusterError(SentenceError):
    """Spark cannot be started; the message says what is missing, or where its log lies."""


@dataclass(frozen=True)
class RunningCluster:
    """What a client needs: address and token of the Connect server; and the processes, the last started last."""

    remote: str
    token: str
    pids: tuple[int, ...]
    folder: Path

    @property
    def storage(self) -> Path:
        """The folder of its tables."""
        return self.folder / "storage"

    @property
    def is_alive(self) -> bool:
        """Whether all of its processes are still there."""
        return all(_is_running(pid, self.folder) for pid in self.pids)


def missing() -> str:
    """Says in words what has to be installed before Spark can be started; empty where nothing has."""
    if not (PACKAGES / "pyspark").is_dir():
        return "没有安装 Spark：请先运行 make engine-setup（约 690 MB）。"
    if shutil.which("java") is None:
        return "Spark 需要 Java 17，这台机器上没有：请安装 openjdk-17-jre-headless，再运行一次。"
    return ""


def use_packages() -> None:
    """Lets this process find pyspark where `make engine-setup` puts it: behind all else, so that it replaces nothing.

    For a process that does nothing but a province: pyspark brings pyarrow, with which pandas has other strings.
    """
    if PACKAGES.is_dir() and str(PACKAGES) not in sys.path:
        sys.path.append(str(PACKAGES))


def running(folder: Path) -> RunningCluster | None:
    """Returns the Spark that was started in this folder; None where none was, or where it has ended."""
    try:
        record = json.loads((folder / _RECORD).read_text("utf-8"))
        cluster = RunningCluster(record["remote"], record["token"], tuple(record["pids"]), folder)
    except (OSError, ValueError, KeyError):
        return None
    return cluster if cluster.is_alive else None


def start(folder: Path, workers: int = 2) -> RunningCluster:
    """Starts Spark in a folder, where what an earlier one left goes. Raises ClusterError where it does not start."""
    lacking = missing()
    if lacking:
        raise ClusterError(lacking)
    stop(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    starting = _Starting(folder)
    try:
        cluster = starting.start(workers)
    except BaseException:
        starting.end()
        raise
    record = folder / _RECORD
    record.touch(mode=0o600)
    record.write_text(json.dumps({**asdict(cluster), "folder": str(folder)}), "utf-8")
    return cluster


def stop(folder: Path) -> bool:
    """Ends what was started in this folder and removes its tables and logs; returns whether there was anything."""
    try:
        pids = json.loads((folder / _RECORD).read_text("utf-8"))["pids"]
    except (OSError, ValueError, KeyError):
        return False
    _end([pid for pid in reversed(pids) if _is_running(pid, folder)], folder)
    shutil.rmtree(folder, ignore_errors=True)
    return True


class _Starting:
    """The processes of one Spark while they are being started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._token = secrets.token_hex(16)

    def start(self, workers: int) -> RunningCluster:
        master_port, connect_port = _free_ports(2)
        master = f"spark://{HOST}:{master_port}"
        properties = self._write_properties(connect_port)
        named = ["--host", HOST, "--properties-file", str(properties)]
        master_words = [f"{_DEPLOY}.master.Master", *named, "--port", str(master_port), "--webui-port", "0"]
        self._run("master", master_words)
        self._await(master_port, "master")
        for number in range(workers):
            place = ["--webui-port", "0", "--work-dir", str(self._folder / f"work{number}")]
            size = ["--cores", "2" if workers == 1 else "1", "--memory", "1g"]
            self._run(f"worker{number}", [f"{_DEPLOY}.worker.Worker", *named, *size, *place, master])
        options = ["--master", master, "--properties-file", str(properties)]
        connect_words = [f"{_DEPLOY}.SparkSubmit", "--class", _CONNECT, "--name", "zhoubao", *options]
        self._run("connect", connect_words, memory="1g")
        self._await(connect_port, "connect")
        pids = tuple(process.pid for process in self._processes)
        # The token goes without TLS only to this name.
        return RunningCluster(f"sc://localhost:{connect_port}", self._token, pids, self._folder)

    def end(self) -> None:
        _end([process.pid for process in reversed(self._processes) if process.poll() is None], self._folder)

    def _write_properties(self, connect_port: int) -> Path:
        properties = self._folder / "spark.conf"
        properties.touch(mode=0o600)
        properties.write_text(
            f"spark.authenticate true\nspark.authenticate.secret {secrets.token_hex(16)}\n"
            "spark.master.rest.enabled false\nspark.ui.enabled false\nspark.worker.ui.enabled false\n"
            f"spark.driver.host {HOST}\nspark.driver.bindAddress {HOST}\n"
            f"spark.driver.extraJavaOptions {_JAVA_OPTIONS}\nspark.executor.extraJavaOptions {_JAVA_OPTIONS}\n"
            "spark.executor.memory 1g\nspark.sql.shuffle.partitions 1\n"
            f"spark.connect.grpc.binding.address {HOST}\nspark.connect.grpc.binding.port {connect_port}\n"
            f"spark.sql.warehouse.dir {self._folder}/warehouse\nspark.local.dir {self._folder}/local\n",
            encoding="utf-8",
        )
        return properties

    def _run(self, name: str, arguments: list[str], memory: str = "256m") -> None:
        spark_home = PACKAGES / "pyspark"
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("SPARK_", "PYSPARK_"))}
        environment = kept | {
            "SPARK_HOME": str(spark_home),
            "SPARK_LOCAL_IP": HOST,
            # Counts for the Connect server too, before what its properties say.
            "SPARK_DAEMON_MEMORY": memory,
            "SPARK_DAEMON_JAVA_OPTS": _JAVA_OPTIONS,
            "SPARK_CONNECT_AUTHENTICATE_TOKEN": self._token,
            "SPARK_NO_DAEMONIZE": "1",
        }
        with (self._folder / f"{name}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(  # noqa: S603 - the words are ours
                    [str(spark_home / "bin" / "spark-class"), *arguments],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=self._folder,
                    start_new_session=True,
                )
            )

    def _await(self, port: int, name: str) -> None:
        """Waits until somebody listens. Raises ClusterError with the end of the log where nobody does."""
        deadline = time.monotonic() + _LONGEST_START_S
        while time.monotonic() < deadline:
            with socket.socket() as asked:
                if asked.connect_ex((HOST, port)) == 0:
                    return
            if self._processes[-1].poll() is not None:
                break
            time.sleep(0.2)
        log = (self._folder / f"{name}.log").read_text("utf-8", errors="replace")
        last_line = log.strip().rpartition("\n")[2]
        raise ClusterError(f"Spark 的 {name} 没有启动：{last_line or '日志是空的'}。请改正后再运行一次。")


def _end(pids: list[int], folder: Path) -> None:
    """Asks processes to end, each with what it started; kills those that have not ended a while later."""
    for pid in pids:
        _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + _LONGEST_STOP_S
    for pid in pids:
        while _is_running(pid, folder) and time.monotonic() < deadline:
            time.sleep(0.1)
        if _is_running(pid, folder):
            _signal(pid, signal.SIGKILL)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _is_running(pid: int, folder: Path) -> bool:
    """Whether a process is there and is one of this folder's: after a restart a number may be somebody else's."""
    with suppress(ChildProcessError):
        # One that this process has started stays in the list of processes until somebody asks how it ended.
        os.waitpid(pid, os.WNOHANG)
    words = Path("/proc") / str(pid) / "cmdline"
    if not Path("/proc/self").exists():
        return _answers(pid)
    try:
        return str(folder).encode() in words.read_bytes()
    except OSError:
        return False


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _free_ports(count: int) -> list[int]:
    taken = []
    for _ in range(count):
        asked = socket.socket()
        asked.bind((HOST, 0))
        taken.append(asked)
    ports = [asked.getsockname()[1] for asked in taken]
    for asked in taken:
        asked.close()
    return ports
