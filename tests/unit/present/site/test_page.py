"""One page and its frame."""

from __future__ import annotations

from datetime import date, datetime

from pipeline.present.site.files import Files
from pipeline.present.site.page import Page, day_words, frame_of, moment_words

FILES = Files("a.css", "a.js", "p.js", "c.js", "t.js")


def page(path: str) -> Page:
    return Page(path, "week.html.j2", "week", "周报", [], dict)


def test_a_section_without_its_page_has_no_entry_in_the_navigation():
    frame = frame_of([page("index.html"), page("archive.html")], None, FILES)
    assert [section for section, *_ in frame.sections] == ["week", "archive"]


def test_a_page_in_a_folder_leads_up_to_the_site():
    assert (page("index.html").root, page("issue/2023-01.html").root) == ("", "../")


def test_days_and_moments_are_written_as_the_weekly_does():
    assert (day_words(date(2023, 4, 17)), day_words(None)) == ("4 月 17 日", "—")
    assert (moment_words(datetime(2023, 4, 28, 9)), moment_words(None)) == ("2023-04-28 09:00", "—")
