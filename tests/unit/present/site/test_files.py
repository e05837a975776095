"""The files that pages share."""

from __future__ import annotations

from pathlib import Path

from pipeline.present.site.files import sweep_files, write_files, write_frame_files, write_if_new


def test_shared_files_carry_the_hash_of_their_content(tmp_path: Path):
    files = write_files(tmp_path)
    assert all((tmp_path / path).is_file() for path in vars(files).values())
    assert files.style.startswith("assets/site-") and files.style.endswith(".css")
    assert files.plotly.endswith(".min.js")


def test_pages_without_charts_need_no_plotly(tmp_path: Path):
    files = write_frame_files(tmp_path)
    assert files.plotly == ""
    assert len(list((tmp_path / "assets").iterdir())) == 6


def test_a_file_that_no_page_refers_to_goes(tmp_path: Path):
    files = write_frame_files(tmp_path)
    (tmp_path / "assets" / "site-old.css").write_text("old")
    sweep_files(tmp_path, files)
    assert len(list((tmp_path / "assets").iterdir())) == 6


def test_equal_bytes_are_not_written_again(tmp_path: Path):
    assert write_if_new(tmp_path / "a", b"1")
    assert not write_if_new(tmp_path / "a", b"1")
    assert write_if_new(tmp_path / "a", b"2")
