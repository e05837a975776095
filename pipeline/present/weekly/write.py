"""Where the printed weekly goes: one folder a revision, written once; what stands in it is made by its neighbours."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.common.atomic_files import replaced, sweep, sync_file, temporary_name
from pipeline.common.private_files import shared_files
from pipeline.present.shared.documents import DOCUMENT, MEETING, PAGE, PRINT, weekly_folder
from pipeline.present.weekly.content import Content, weekly_content
from pipeline.present.weekly.document import fill, marks_of
from pipeline.present.weekly.html import as_html
from pipeline.present.weekly.pdf import to_pdf
from pipeline.present.weekly.slide import SlideContent, slide, slide_content
from pipeline.present.weekly.template import TEMPLATE
from pipeline.release.published.publish import DATABASE
from pipeline.release.revisions.activation import SHOWN, shown_revisions

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings


@dataclass(frozen=True)
class WeeklyFiles:
    """One weekly: its revision and folder, whether it was written now, its notes and marks, and why it has no PDF."""

    week_id: str
    revision: int
    folder: Path
    is_new: bool
    notes: int
    findings_elsewhere: int
    fields_to_write: int
    remark: str = ""


@dataclass(frozen=True)
class _Plan:
    """What is written of one issue, and where."""

    content: Content
    slide: SlideContent
    folder: Path


def copy_of_template(target: Path) -> Path:
    """Save the shipped Word template as `target`, for a hall to edit. Raises FileExistsError where a file is there."""
    if target.exists():
        raise FileExistsError(f"{target} 已经存在，没有覆盖；请换一个文件名。")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TEMPLATE, target)
    return target


def write_weekly(settings: Settings, week_id: str, target_folder: Path | None = None) -> WeeklyFiles:
    """Write the weekly of the shown revision of an issue: weekly.docx, .html, .pptx and, with LibreOffice, .pdf.

    Without a folder it goes to `published/weekly/<week_id>/r<n>/`, where a weekly that is there already stays as it
    is; in a folder of one's own it is replaced. Reads the published file only. Raises FileNotFoundError before anything
    was published, ValueError for an issue that was not released, TemplateError for a template that cannot be filled.
    """
    with open_published(settings) as con:
        plan = _plan(con, settings, week_id, target_folder)
    return _write(settings, [plan], is_replacing=target_folder is not None)[0]


def _plan(con: DuckDBPyConnection, settings: Settings, week_id: str, target_folder: Path | None = None) -> _Plan:
    content = weekly_content(con, week_id, settings)
    folder = target_folder or weekly_folder(settings.published, content.week_id, content.revision)
    return _Plan(content, slide_content(con, week_id, content.fields), folder)


def write_released_weeklies(settings: Settings, weeks: Sequence[str]) -> list[WeeklyFiles]:
    """Write the weeklies of these issues and of their years' others under `published/weekly/`, where there is none yet.

    One a revision: an issue that was revised gets another, one that is withdrawn or was never released none. Returns
    those of `weeks`, in their order, after any other that was written now. The caller holds the writer's lock. Raises
    as `write_weekly` does.
    """
    with open_published(settings) as con:
        weeks = _seen_by_readers(con, weeks)
        folders = _folders(settings, con, weeks)
        missing = {week for week, folder in folders if not folder.exists()}
        asked = [*sorted(missing.difference(weeks)), *weeks]
        plans = [_plan(con, settings, week_id) for week_id in asked]
    for plan in plans:
        sweep(plan.folder.parent, plan.folder.name)
    return _write(settings, plans, is_replacing=False)


def _seen_by_readers(con: DuckDBPyConnection, weeks: Sequence[str]) -> list[str]:
    """Leaves out issues of which readers see nothing: nothing was delivered, or their release was withdrawn."""
    shown = shown_revisions(con)
    return [week for week in weeks if week in shown]


def _folders(settings: Settings, con: DuckDBPyConnection, weeks: Sequence[str]) -> list[tuple[str, Path]]:
    """Of each released issue of the years of `weeks`: where the weekly of the revision that is shown belongs."""
    rows = con.execute(
        f"SELECT s.week_id, s.revision FROM {SHOWN} AS s JOIN docs.report_week AS w ON w.week_id = s.week_id"
        " WHERE w.year IN (SELECT year FROM docs.report_week WHERE list_contains(?, week_id)) ORDER BY s.week_id",
        [list(weeks)],
    ).fetchall()
    return [(week, weekly_folder(settings.published, week, revision)) for week, revision in rows]


@contextmanager
def open_published(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """Opens the published file for reading; raises FileNotFoundError before anything was published."""
    import duckdb

    database = settings.published / DATABASE
    if not database.is_file():
        raise FileNotFoundError(f"还没有发布过任何一期（没有 {database}）。请先运行 zhoubao run --week 期号。")
    with duckdb.connect(
        str(database), read_only=True, config={"memory_limit": settings.memory_limit, "threads": settings.threads}
    ) as con:
        yield con


@shared_files()
def _write(settings: Settings, plans: Sequence[_Plan], *, is_replacing: bool) -> list[WeeklyFiles]:
    template = settings.weekly_template or TEMPLATE
    new = [plan for plan in plans if is_replacing or not plan.folder.exists()]
    # Everything is made before anything takes its place: a template that fails leaves no half of a run behind.
    with tempfile.TemporaryDirectory(prefix="zhoubao-weekly-") as bench:
        drafts = [_draft(Path(bench) / plan.content.week_id, template, plan) for plan in new]
        remark = to_pdf(drafts) if settings.weekly.pdf else ""
        for draft, plan in zip(drafts, new, strict=True):
            _move_into(draft.parent, plan.folder)
    return [_files(plan.content, plan.folder, plan in new, remark) for plan in plans]


def _files(content: Content, folder: Path, is_new: bool, remark: str) -> WeeklyFiles:
    notes, fields = marks_of((folder / DOCUMENT).read_bytes())
    elsewhere = max(len(content.notes.findings) - notes, 0)
    return WeeklyFiles(content.week_id, content.revision, folder, is_new, notes, elsewhere, fields, remark)


def _draft(folder: Path, template: Path, plan: _Plan) -> Path:
    folder.mkdir()
    document = folder / DOCUMENT
    document.write_bytes(fill(template, plan.content))
    (folder / PAGE).write_text(as_html(document.read_bytes()), encoding="utf-8")
    (folder / MEETING).write_bytes(slide(plan.slide, plan.content.issued_on))
    return document


def _move_into(draft: Path, folder: Path) -> None:
    """Move the files of a draft into `folder`: a new folder appears whole, in an old one each file is replaced.

    A PDF from before goes where the draft has none: it would print other figures than the document beside it.
    """
    if folder.exists():
        if not (draft / PRINT).exists():
            (folder / PRINT).unlink(missing_ok=True)
        for path in sorted(draft.iterdir()):
            with replaced(folder / path.name) as temporary:
                shutil.copyfile(path, temporary)
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(folder)
    shutil.copytree(draft, temporary)
    for path in (*temporary.iterdir(), temporary):
        sync_file(path)
    temporary.rename(folder)
    sync_file(folder.parent)
