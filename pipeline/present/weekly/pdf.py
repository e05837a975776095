"""Word documents to PDF through LibreOffice where it is installed; nothing here knows what the documents say."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import filterfalse
from pathlib import Path
from typing import Final

PROGRAMS: Final = ("soffice", "libreoffice")
SECONDS_TO_START: Final = 90
SECONDS_EACH: Final = 15
# The standard's fonts are not free to ship: what a machine without them prints instead.
STAND_INS: Final = {
    "方正小标宋简体": ("FZXiaoBiaoSong-B05S", "Noto Serif CJK SC"),
    "仿宋_GB2312": ("仿宋", "FangSong", "Noto Serif CJK SC"),
    "楷体_GB2312": ("楷体", "KaiTi", "Noto Serif CJK SC"),
    "黑体": ("SimHei", "Noto Sans CJK SC"),
    "宋体": ("SimSun", "Noto Serif CJK SC"),
}
# The moment in the file, and the two numbers that are drawn from it.
MADE: Final = re.compile(rb"(/CreationDate\(D:)\d{14}")
IDENTITY: Final = re.compile(rb"(/ID \[ <|>\n<|/DocChecksum /)[0-9A-F]{32}")
HEAVY: Final = "方正小标宋简体"
ABSENT: Final = "未装 LibreOffice，没有 PDF；可在 Word 或 WPS 中另存为 PDF。"


def office() -> str | None:
    """LibreOffice's program, or None where it is not installed."""
    for name in PROGRAMS:
        path = shutil.which(name)
        if path is not None:
            return path
    return None


def to_pdf(documents: Sequence[Path]) -> str:
    """Write a .pdf beside each document, in one start of LibreOffice; returns why there is none, or nothing.

    A .pdf that lay there and is not written anew is taken away: it would say something else than its document.
    A private profile keeps it apart from an office that somebody has open; one that does not end in time is killed
    with all that it started.
    The same documents give the same files; with others in the same start, the fonts that a file brings may be cut
    otherwise, and its bytes differ while its pages do not.
    """
    for document in documents:
        _pdf_of(document).unlink(missing_ok=True)
    program = office()
    if program is None:
        return ABSENT
    if not documents:
        return ""
    with tempfile.TemporaryDirectory(prefix="zhoubao-office-") as folder:
        private = Path(folder)
        original_of: dict[Path, Path] = {}
        for number, original in enumerate(documents):
            private_copy = private / f"{number}.docx"
            shutil.copyfile(original, private_copy)
            original_of[private_copy] = original
        complaint = _convert(program, private, list(original_of))
        for private_copy, original in original_of.items():
            _bring_home(_pdf_of(private_copy), _pdf_of(original))
    if complaint:
        return complaint
    missing = list(filterfalse(Path.is_file, map(_pdf_of, documents)))
    if missing:
        return f"LibreOffice 没有转出 {len(missing)} 份 PDF；Word 文档不受影响。"
    return ""


def _pdf_of(document: Path) -> Path:
    return document.with_suffix(".pdf")


def _bring_home(made: Path, home: Path) -> None:
    """Writes a .pdf beside its document, if one was made, without the moment at which that was."""
    if made.is_file():
        home.write_bytes(_timeless(made.read_bytes()))


def _convert(program: str, private: Path, copies: list[Path]) -> str:
    (private / "fonts.conf").write_text(_fonts(), encoding="utf-8")
    environment = os.environ | {
        "FONTCONFIG_FILE": str(private / "fonts.conf"),
        "HOME": str(private),
    }
    command = [program, f"-env:UserInstallation={(private / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    command += ["--outdir", str(private), *map(str, copies)]
    seconds = SECONDS_TO_START + SECONDS_EACH * len(copies)
    quiet = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - the program is found on PATH, its arguments are our own paths
        command, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return f"LibreOffice 超过 {seconds} 秒没有完成，已停止；没有 PDF，Word 文档不受影响。"
    return ""


def _timeless(pdf: bytes) -> bytes:
    """The same PDF without the moment of its making, so that the same document gives the same file.

    Each replacement is as long as what it replaces: the file's own table counts bytes.
    """
    plain = MADE.sub(lambda found: found[1] + b"19800101000000", pdf)
    mark = hashlib.sha256(IDENTITY.sub(b"", plain)).hexdigest()[:32].upper().encode()
    return IDENTITY.sub(lambda found: found[1] + mark, plain)


def _fonts() -> str:
    """The system's fonts, and for each name of the standard what stands in for it."""
    aliases = "".join(
        f'<alias binding="same"><family>{name}</family><prefer>'
        f"{''.join(f'<family>{family}</family>' for family in families)}</prefer></alias>\n"
        for name, families in STAND_INS.items()
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n{aliases}'
        f'<match target="pattern"><test name="family"><string>{HEAVY}</string></test>'
        '<edit name="weight" mode="assign" binding="strong"><const>bold</const></edit></match>\n</fontconfig>\n'
    )
