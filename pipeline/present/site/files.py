"""The files that pages share: style, scripts, plotly. A name carries its content's hash, so none is ever changed.

Pages themselves are in `pipeline.present.site.page`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pipeline.common.atomic_files import replaced

TEMPLATES: Final = Path(__file__).with_name("templates")
FOLDER: Final = "assets"


@dataclass(frozen=True)
class Files:
    """Paths below the site, of the style, the script that every page runs first, plotly, and what draws charts.

    `tables` sorts and saves tables. The quality pages and the search have scripts of their own.
    """

    style: str
    script: str
    plotly: str
    charts: str
    tables: str
    quality_style: str = ""
    quality_script: str = ""
    search: str = ""


def write_files(folder: Path) -> Files:
    """Writes the shared files into the site's `folder` where they are missing.

    They are written before any page, each in one step, so that a reader never sees a page without them.
    """
    from plotly.offline import get_plotlyjs

    plotly = _write(folder, "plotly.min.js", get_plotlyjs().encode())
    search = _write_own(folder, "search.js")
    return replace(write_frame_files(folder), plotly=plotly, search=search)


def write_frame_files(folder: Path) -> Files:
    """Writes them without plotly, which is large: for pages outside the site that draw no chart."""
    return Files(
        style=_write_own(folder, "site.css"),
        script=_write_own(folder, "site.js"),
        plotly="",
        charts=_write_own(folder, "charts.js"),
        tables=_write_own(folder, "tables.js"),
        quality_style=_write_own(folder, "quality.css"),
        quality_script=_write_own(folder, "quality.js"),
    )


def _write_own(folder: Path, name: str) -> str:
    return _write(folder, name, (TEMPLATES / name).read_bytes())


def _write(folder: Path, name: str, body: bytes) -> str:
    """Writes `site.css` as `assets/site-0123456789ab.css`; returns that path."""
    stem, suffixes = name.split(".", 1)
    path = f"{FOLDER}/{stem}-{hashlib.sha256(body).hexdigest()[:12]}.{suffixes}"
    write_if_new(folder / path, body)
    return path


def sweep_files(folder: Path, files: Files) -> None:
    """Removes shared files that no page refers to any more; call it when all pages are written."""
    used = {folder / path for path in vars(files).values()}
    written = set((folder / FOLDER).iterdir())
    for path in sorted(written - used):
        path.unlink()


def write_if_new(path: Path, body: bytes) -> bool:
    """Replaces the file in one step unless it has these bytes already; returns whether it was written."""
    if path.is_file() and path.read_bytes() == body:
        return False
    with replaced(path) as temporary:
        temporary.write_bytes(body)
    return True
