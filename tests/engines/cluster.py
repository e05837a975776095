"""A real Spark of this machine's own: a standalone master, one worker and a Connect server, all on 127.0.0.1.

Its processes answer only to those who know the secret or the token; the master takes no work by REST.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

from pipeline.settings import PROJECT_ROOT

PACKAGES = PROJECT_ROOT / ".venv-engine"
HOST = "127.0.0.1"
LONGEST_START_S = 180.0
# Its processes live for minutes: compiling them well costs more than it gives back.
JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def missing() -> str:
    """What is missing to start Spark, in words; empty where nothing is."""
    if not (PACKAGES / "pyspark").is_dir():
        return "Spark is not installed: make engine-setup"
    if shutil.which("java") is None:
        return "Spark needs Java 17: apt-get install openjdk-17-jre-headless"
    return ""


class Cluster:
    """Started by `with`, stopped at its end whatever happened. `remote` and `token` are what a client needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.token = secrets.token_hex(16)
        self.remote = ""

    def __enter__(self) -> Cluster:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _start(self) -> None:
        master_port, connect_port = _free_ports(2)
        master = f"spark://{HOST}:{master_port}"
        properties = self._folder / "spark.conf"
        properties.touch(mode=0o600)
        properties.write_text(
            f"spark.authenticate true\nspark.authenticate.secret {secrets.token_hex(16)}\n"
            "spark.master.rest.enabled false\nspark.ui.enabled false\nspark.worker.ui.enabled false\n"
            f"spark.driver.host {HOST}\nspark.driver.bindAddress {HOST}\n"
            f"spark.driver.extraJavaOptions {JAVA_OPTIONS}\nspark.executor.extraJavaOptions {JAVA_OPTIONS}\n"
            "spark.executor.memory 1g\nspark.sql.shuffle.partitions 1\n"
            f"spark.connect.grpc.binding.address {HOST}\nspark.connect.grpc.binding.port {connect_port}\n"
            f"spark.sql.warehouse.dir {self._folder}/warehouse\nspark.local.dir {self._folder}/local\n",
            encoding="utf-8",
        )
        deploy = "org.apache.spark.deploy"
        named = ["--host", HOST, "--properties-file", str(properties)]
        self._run("master", [f"{deploy}.master.Master", *named, "--port", str(master_port), "--webui-port", "0"])
        self._await(master_port, "master")
        work = ["--cores", "2", "--memory", "1g", "--webui-port", "0", "--work-dir", str(self._folder / "work")]
        self._run("worker", [f"{deploy}.worker.Worker", *named, *work, master])
        server = "org.apache.spark.sql.connect.service.SparkConnectServer"
        options = ["--master", master, "--properties-file", str(properties)]
        self._run("connect", [f"{deploy}.SparkSubmit", "--class", server, "--name", "zhoubao", *options], memory="1g")
        self._await(connect_port, "connect")
        # The token goes without TLS only to this name.
        self.remote = f"sc://localhost:{connect_port}"

    def _run(self, name: str, arguments: list[str], memory: str = "256m") -> None:
        spark_home = PACKAGES / "pyspark"
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("SPARK_", "PYSPARK_"))}
        environment = kept | {
            "SPARK_HOME": str(spark_home),
            "SPARK_LOCAL_IP": HOST,
            # Counts for the Connect server too, before what its properties say.
            "SPARK_DAEMON_MEMORY": memory,
            "SPARK_DAEMON_JAVA_OPTS": JAVA_OPTIONS,
            "SPARK_CONNECT_AUTHENTICATE_TOKEN": self.token,
            "SPARK_NO_DAEMONIZE": "1",
        }
        with (self._folder / f"{name}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(
                    [str(spark_home / "bin" / "spark-class"), *arguments],
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=self._folder,
                    start_new_session=True,
                )
            )

    def _await(self, port: int, name: str) -> None:
        """Waits until somebody listens. Raises RuntimeError with the end of the log where nobody does."""
        deadline = time.monotonic() + LONGEST_START_S
        while time.monotonic() < deadline:
            with socket.socket() as asked:
                if asked.connect_ex((HOST, port)) == 0:
                    return
            if self._processes[-1].poll() is not None:
                break
            time.sleep(0.2)
        log = (self._folder / f"{name}.log").read_text("utf-8", errors="replace")
        raise RuntimeError(f"Spark's {name} did not start:\n{log[-2000:]}")

    def _stop(self) -> None:
        for process in reversed(self._processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


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
