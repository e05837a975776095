"""Tries the dashboard of `superset_dashboard` in Superset itself, while releases replace the published file.

Superset needs an environment of its own, about 400 MB; its package names fewer libraries than it needs:

    uv venv /tmp/superset && uv pip install --python /tmp/superset/bin/python apache-superset==6.1.0 rich cachetools \
        flask-caching==2.3.1 duckdb-engine duckdb==1.5.6
    PYTHONPATH=. /tmp/superset/bin/python tools/try_superset.py data/published/metrics.duckdb

It copies the file into a folder of its own, where Superset keeps its SQLite database too; nothing is served to anybody.
What it did is in docs/other-tools.md.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tools.superset_dashboard import CHARTS, Chart, superset_files, write_zip

PASSWORD = "only-here"  # noqa: S105 - of a Superset that lives for two minutes in a temporary folder
CONFIG = """
SECRET_KEY = "of a Superset that lives for two minutes, 0123456789"
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
"""
REPLACEMENTS = 20
ROUNDS = 10


def superset(*words: str) -> None:
    """Runs the program beside this Python; its output is shown only where it fails."""
    program = Path(sys.executable).with_name("superset")
    done = subprocess.run([str(program), *words], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"superset {' '.join(words)}\n{done.stdout}\n{done.stderr}")


def set_up(folder: Path, zip_path: Path) -> None:
    """Makes Superset's own database and imports the dashboard, twice: it must not be there twice."""
    config = folder / "superset_config.py"
    config.write_text(CONFIG.format(folder=folder), encoding="utf-8")
    os.environ |= {"SUPERSET_CONFIG_PATH": str(config), "SUPERSET_HOME": str(folder), "FLASK_APP": "superset"}
    superset("db", "upgrade")
    person = ("--username", "admin", "--firstname", "a", "--lastname", "b", "--email", "a@example.org")
    superset("fab", "create-admin", *person, "--password", PASSWORD)
    superset("init")
    for _ in range(2):
        superset("import-dashboards", "--path", str(zip_path), "--username", "admin")


def client_of(app: Any) -> tuple[Any, dict[str, str]]:
    """Returns a client that needs no network, and the header that logs it in."""
    client = app.test_client()
    login = {"username": "admin", "password": PASSWORD, "provider": "db", "refresh": False}
    answer = client.post("/api/v1/security/login", json=login)
    return client, {"Authorization": f"Bearer {answer.get_json()['access_token']}"}


def rows_of(client: Any, header: dict[str, str], chart: Chart, dataset: int) -> list[dict[str, Any]]:
    """Asks Superset for the data of a chart, past its cache."""
    query = {
        "columns": [chart.x_axis, *chart.split_by],
        "metrics": [f"sum_{chart.measure}"],
        "extras": {"where": chart.where},
        "row_limit": 10_000,
    }
    body = {"datasource": {"id": dataset, "type": "table"}, "queries": [query], "force": True, "result_type": "full"}
    answer = client.post("/api/v1/chart/data", json=body, headers=header)
    if answer.status_code != 200:
        raise SystemExit(f"{chart.name}: {answer.status_code} {answer.get_data(as_text=True)[:500]}")
    rows: list[dict[str, Any]] = answer.get_json()["result"][0]["data"]
    return rows


def replace_again_and_again(original: Path, published_file: Path) -> None:
    """Does what a release does: a new file takes the place of the old one, in one step."""
    for number in range(REPLACEMENTS):
        new = published_file.with_name(f".metrics.{number}.duckdb")
        shutil.copy(original, new)
        new.replace(published_file)
        time.sleep(0.2)


def ask_while_replaced(original: Path, published_file: Path) -> dict[str, int]:
    """Asks for every chart while the file is replaced; returns how many parts Superset has of each kind."""
    from superset.app import create_app  # type: ignore[import-not-found] # in Superset's environment alone

    client, header = client_of(create_app())
    listed = client.get("/api/v1/dataset/", headers=header).get_json()["result"]
    datasets = {entry["table_name"]: entry["id"] for entry in listed}
    counts = {}
    for kind in ("dashboard", "chart", "dataset", "database"):
        counts[kind] = client.get(f"/api/v1/{kind}/", headers=header).get_json()["count"]
    print(json.dumps(counts))
    releases = threading.Thread(target=replace_again_and_again, args=(original, published_file), daemon=True)
    releases.start()
    answers = 0
    while releases.is_alive() or answers < ROUNDS * len(CHARTS):
        for chart in CHARTS:
            if not rows_of(client, header, chart, datasets[chart.table]):
                raise SystemExit(f"{chart.name}: nothing")
            answers += 1
    releases.join()
    print(f"{answers} answers, none empty, while the file was replaced {REPLACEMENTS} times")
    return counts


def main(original: Path) -> int:
    """Prints what Superset has and what it answered; returns 1 where a part stands there twice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        published_file = folder / "metrics.duckdb"
        shutil.copy(original, published_file)
        zip_path = folder / "dashboard.zip"
        write_zip(superset_files(published_file), zip_path)
        set_up(folder, zip_path)
        counts = ask_while_replaced(original, published_file)
    is_once = counts == {"dashboard": 1, "chart": len(CHARTS), "dataset": len(CHARTS), "database": 1}
    return 0 if is_once else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
