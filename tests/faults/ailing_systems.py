"""Runs every command on a home whose disk is full, read-only, without rights, or whose warehouse another program has.

`… commands 0` prints what each command said under each fault as JSON, `… commands 2` under the two that can be had
everywhere, `… sizes 10` what a whole run said on ten disks that are too small. A process of its own, since it forks:
see fork_server.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import duckdb

from pipeline.common.atomic_files import sha256_of
from pipeline.doctor import room
from pipeline.present.site import build_site
from pipeline.present.weekly import write_released_weeklies
from pipeline.release.published.publish import publish
from pipeline.warehouse.versions import current_version
from tests.faults.fork_server import Fate, in_fork
from tests.faults.kill_stages import SmallHall
from tests.fixtures.homes.make import HERE, WEEK
from tests.hall import digest_of_tables

MB: Final = 1 << 20
ROOMY: Final = 512 * MB
ENVIRONMENT: Final = {"ZHOUBAO_THREADS": "1", "ZHOUBAO_MEMORY_LIMIT": "300MB", "ZHOUBAO_WEEKLY__PDF": "false"}
# Root passes over modes by CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH and CAP_FOWNER, the first four.
PASSING_OVER_MODES: Final = 0b1111
CAPABILITY_VERSION: Final = 0x20080522
SMALLEST_FILE: Final = 4096
CHINESE: Final = re.compile("[\u4e00-\u9fff]{4}")
HOLDER: Final = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def commands(place: Path) -> dict[str, list[str]]:
    """Every command as it is typed, on the home in `place`; what they read stands beside it."""
    export = str(place / "export.xlsx")
    return {
        "status": ["status"],
        "doctor": ["doctor"],
        "inspect": ["inspect", export],
        "contract draft": ["contract", "draft", export, "--out", str(place / "home" / "draft.yaml")],
        "contract check": ["contract", "check"],
        "sample": ["sample", "--scale", "0.001", "--out", str(place / "home" / "sample")],
        "notify": ["notify"],
        "review export": ["review", "export", "--week", WEEK],
        "review import": ["review", "import", str(place / "filled.xlsx")],
        "review send-back": ["review", "send-back", "--week", WEEK],
        "release": ["release", "--week", WEEK],
        "release --dry-run": ["release", "--week", WEEK, "--dry-run"],
        "release --rollback": ["release", "--week", WEEK, "--rollback", "--reason", "试"],
        "report": ["report", "--week", WEEK, "--out", str(place / "home" / "printed")],
        "trace": ["trace", "charts.window_weekly", WEEK, "受理"],
        "reload": ["reload", "--source", "window_weekly"],
        "backup": ["backup", str(place / "backups")],
        "verify": ["verify"],
        "restore": ["restore", str(place / "kept"), "--home", str(place / "restored")],
        "rebuild": ["rebuild", "--week", WEEK],
        "expire": ["expire"],
        "upgrade": ["upgrade"],
        "run": ["run", "--week", WEEK],
    }


@dataclass(frozen=True)
class Said:
    """What a command said under a fault, and whether what was published stayed as it was."""

    fault: str
    command: str
    exit_code: int
    errors: str
    output: str
    is_whole: bool


def complaints(said: Said) -> list[str]:
    """Returns what is wrong with an answer; none for a command that worked, or ended with one sentence in Chinese."""
    wrong = []
    text = said.errors + said.output
    if not said.is_whole:
        wrong.append("what was published, or the figures, changed")
    if "Traceback" in text or "程序出错" in text:
        wrong.append("no sentence")
    if said.exit_code != 0 and not CHINESE.search(text):
        wrong.append("ends without a word")
    if said.exit_code < 0 or (said.exit_code != 0 and said.command == "run afterwards"):
        wrong.append(f"exit status {said.exit_code}")
    return [f"{said.fault}: {said.command}: {words}: {said.errors[-400:]}" for words in wrong]


def call(words: list[str], home: Path, before: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Does what the command line does with these words; returns exit code and what was written."""
    from zhoubao.app import main

    os.environ.update(ENVIRONMENT, ZHOUBAO_HOME=str(home))
    sys.argv = ["zhoubao", *words]
    output, errors = io.StringIO(), io.StringIO()
    exit_code = 0
    before()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            main()
        except SystemExit as end:
            exit_code = int(end.code or 0)
    # The answer itself may be longer than a limited file.
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    return {"exit_code": exit_code, "output": output.getvalue(), "errors": errors.getvalue()}


def drop_rights() -> None:
    """Root gives up what lets it read and write whatever the modes say."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()
    library = ctypes.CDLL(None)
    library.capget(header, sets)
    for position in range(3):
        sets[position] &= ~PASSING_OVER_MODES
    if library.capset(header, sets) != 0:
        raise OSError("capset")


def small_files_only() -> None:
    """No file may grow: what works everywhere in the place of a full disk."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALLEST_FILE, hard))


def without_estimate() -> None:
    """The run begins although the disk is too small: it has to meet its end, not to be refused."""
    room.free_bytes = lambda _: ROOMY * ROOMY


class Disk:
    """A disk of a given size in memory; only root can make one."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def mount(self, size: int) -> None:
        self.place.mkdir(exist_ok=True)
        _run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(self.place))

    def remount(self, options: str) -> None:
        _run("mount", "-o", f"remount,{options}", str(self.place))

    def unmount(self) -> None:
        _run("umount", "-l", str(self.place))

    def used(self) -> int:
        state = os.statvfs(self.place)
        return (state.f_blocks - state.f_bfree) * state.f_frsize

    def fill(self) -> None:
        """Writes a file until nothing more fits."""
        with (self.place / "filler").open("ab", buffering=0) as file:
            for size in (MB, 4096, 1):
                with contextlib.suppress(OSError):
                    while file.write(bytes(size)) == size:
                        pass

    def clear(self) -> None:
        (self.place / "filler").unlink()


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def can_mount(folder: Path) -> bool:
    """Whether a disk can be mounted here."""
    disk = Disk(folder / "trial")
    try:
        disk.mount(MB)
    except (subprocess.CalledProcessError, FileNotFoundError):
        return False
    disk.unmount()
    return True


def make_base(folder: Path) -> None:
    """One released week of the present version, beside it an export, a filled workbook and a backup."""
    home = folder / "home"
    with ZipFile(HERE / f"v{current_version()}.zip") as packed:
        packed.extractall(home)
    (home / "person.key").chmod(0o600)
    hall = SmallHall(home)
    with hall.open() as con:
        hall.build(con, [WEEK])
        publish(con, hall.settings)
    build_site(hall.settings)
    write_released_weeklies(hall.settings, [WEEK])
    export = next((home / "archive" / "window_weekly").rglob("*.xlsx"))
    shutil.copyfile(export, folder / "export.xlsx")
    for words in (["review", "export", "--week", WEEK], ["backup", str(folder / "kept")], ["run", "--week", WEEK]):
        done = call(words, home)
        if done["exit_code"] != 0:
            raise RuntimeError(f"{words}: {done}")
    shutil.copyfile(home / "review" / WEEK / "findings.xlsx", folder / "filled.xlsx")


def released_files(home: Path) -> dict[str, str]:
    """What people open and what was frozen, by hash."""
    published = home / "published"
    files = [published / "metrics.duckdb", *sorted((published / "releases").rglob("*"))]
    return {str(path.relative_to(published)): sha256_of(path) for path in files if path.is_file()}


Fault = Callable[["Ward"], contextlib.AbstractContextManager[Callable[[], None]]]


class Ward:
    """The place where a home is made to ail, and the homes that it is copied from."""

    def __init__(self, folder: Path) -> None:
        self.base = folder / "base"
        self.disk = Disk(folder / "place")
        self.place = folder / "place"
        self.answer = folder / "answer.json"

    def settle(self) -> None:
        """Puts a copy of the base into the place."""
        self.place.mkdir(exist_ok=True)
        shutil.copytree(self.base, self.place, dirs_exist_ok=True)

    def call(self, words: list[str], before: Callable[[], None] = lambda: None) -> Fate:
        return in_fork(lambda: call(words, self.place / "home", before), self.answer)


@contextlib.contextmanager
def full_disk(ward: Ward) -> Iterator[Callable[[], None]]:
    ward.disk.fill()
    yield ward.disk.fill
    ward.disk.clear()


@contextlib.contextmanager
def full_inode_table(ward: Ward) -> Iterator[Callable[[], None]]:
    state = os.statvfs(ward.place)
    ward.disk.remount(f"nr_inodes={state.f_files - state.f_ffree}")
    yield lambda: None
    ward.disk.remount("nr_inodes=100000")


@contextlib.contextmanager
def read_only_disk(ward: Ward) -> Iterator[Callable[[], None]]:
    ward.disk.remount("ro")
    yield lambda: None
    ward.disk.remount("rw")


@contextlib.contextmanager
def missing_rights(ward: Ward) -> Iterator[Callable[[], None]]:
    paths = [ward.place, *ward.place.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    yield drop_rights
    for path, mode in modes.items():
        if path.exists():
            path.chmod(mode)


@contextlib.contextmanager
def limited_files(_: Ward) -> Iterator[Callable[[], None]]:
    yield small_files_only


@contextlib.contextmanager
def open_elsewhere(ward: Ward) -> Iterator[Callable[[], None]]:
    path = str(ward.place / "home" / "warehouse.duckdb")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    yield lambda: None
    holder.communicate("")


# The faults that need a disk of their own, and those that can be had everywhere.
ON_A_DISK: Final[dict[str, Fault]] = {
    "full disk": full_disk,
    "full inode table": full_inode_table,
    "read-only disk": read_only_disk,
    "missing rights": missing_rights,
}
ANYWHERE: Final[dict[str, Fault]] = {"limited files": limited_files, "open elsewhere": open_elsewhere}


def try_commands(ward: Ward, fault: str, makes: Fault) -> Iterator[Said]:
    """Calls every command under the fault, then the run after it is gone."""
    ward.settle()
    as_it_was = released_files(ward.place / "home")
    for name, words in commands(ward.place).items():
        with makes(ward) as inside:
            # A full disk is filled again by the parent; rights and limits are the child's own.
            before = inside if inside in (drop_rights, small_files_only) else (lambda: None)
            fate = ward.call(words, before)
        is_whole = released_files(ward.place / "home") == as_it_was
        yield _said(fault, name, fate, is_whole=is_whole)
    fate = ward.call(["run", "--week", WEEK])
    # The run may publish anew (a reload counts as a change); what was frozen stays.
    now = released_files(ward.place / "home")
    frozen = {name: digest for name, digest in as_it_was.items() if name.startswith("releases/")}
    yield _said(fault, "run afterwards", fate, is_whole=frozen.items() <= now.items())


def _said(fault: str, name: str, fate: Fate, *, is_whole: bool) -> Said:
    answer = fate.answer or {"exit_code": -1, "errors": fate.error or "killed", "output": ""}
    return Said(fault, name, answer["exit_code"], answer["errors"], answer["output"], is_whole)


def try_sizes(ward: Ward, count: int) -> Iterator[Said]:
    """A first run on disks of so many sizes, all too small, and on the same disk once it has room."""
    shutil.copytree(ward.base / "home" / "archive", ward.base / "arrived" / "archive")
    shutil.copy(ward.base / "home" / "person.key", ward.base / "person.key")
    originals = [path for path in (ward.base / "arrived" / "archive").rglob("*") if path.suffix in (".xlsx", ".csv")]
    ward.disk.mount(ROOMY)
    before = _arrive(ward, originals)
    whole = ward.call(["run", "--week", WEEK])
    needed = ward.disk.used()
    wanted = in_fork(lambda: _figures(ward.place / "home"), ward.answer).answer
    yield _said("roomy", "run afterwards", whole, is_whole=True)
    ward.disk.unmount()
    for number in range(1, count + 1):
        size = before + (needed - before) * number // (count + 1)
        ward.disk.mount(size)
        _arrive(ward, originals)
        on_a_small_disk = ward.call(["run", "--week", WEEK], without_estimate)
        yield _said(f"{size} of {needed} bytes", "run", on_a_small_disk, is_whole=True)
        ward.disk.remount(f"size={ROOMY}")
        again = ward.call(["run", "--week", WEEK])
        figures = in_fork(lambda: _figures(ward.place / "home"), ward.answer).answer
        yield _said(f"{size} of {needed} bytes", "run afterwards", again, is_whole=figures == wanted)
        ward.disk.unmount()


def _arrive(ward: Ward, originals: list[Path]) -> int:
    inbox = ward.place / "home" / "inbox"
    inbox.mkdir(parents=True)
    shutil.copy(ward.base / "person.key", ward.place / "home" / "person.key")
    for path in originals:
        shutil.copy(path, inbox / path.name)
    return ward.disk.used()


def _figures(home: Path) -> dict[str, str]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return digest_of_tables(con)


def main(what: str, count: int) -> list[Said]:
    """Tries all commands under the last `count` faults that can be had here (0 is all), or a run on `count` disks."""
    with tempfile.TemporaryDirectory(prefix="zhoubao-ailing-") as name:
        ward = Ward(Path(name))
        make_base(ward.base)
        mounting = can_mount(Path(name))
        said: list[Said] = []
        if what == "sizes":
            return list(try_sizes(ward, count)) if mounting else []
        faults = {**(ON_A_DISK if mounting else {}), **ANYWHERE}
        for fault, makes in list(faults.items())[-count:]:
            if mounting:
                ward.disk.mount(ROOMY)
            for answer in try_commands(ward, fault, makes):
                said.append(answer)
                print(*complaints(answer), sep="\n", end="", file=sys.stderr, flush=True)
            if mounting:
                ward.disk.unmount()
            else:
                shutil.rmtree(ward.place)
        return said


if __name__ == "__main__":
    answers = main(sys.argv[1], int(sys.argv[2]))
    report = {
        "said": [asdict(said) for said in answers],
        "wrong": [words for said in answers for words in complaints(said)],
    }
    print(json.dumps(report, ensure_ascii=False, indent=1))
