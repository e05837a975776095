"""Which files count: those of the hall before those of the program, file by file."""

from __future__ import annotations

from pathlib import Path

from pipeline.hall.files_in_force import FilesInForce, files_of


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(folder.name, "utf-8")
    return folder


def test_a_file_of_the_hall_replaces_the_one_of_its_name_and_others_are_added(tmp_path: Path) -> None:
    program = write(tmp_path / "program", "b.yaml", "a.yaml", "notes.txt")
    hall = write(tmp_path / "hall", "b.yaml", "c.yaml")
    files = FilesInForce((hall, program), "*.yaml")
    assert files.by_name() == {"a.yaml": program / "a.yaml", "b.yaml": hall / "b.yaml", "c.yaml": hall / "c.yaml"}
    assert list(files) == [program / "a.yaml", hall / "b.yaml", hall / "c.yaml"]


def test_a_name_is_the_path_below_its_folder(tmp_path: Path) -> None:
    program = write(tmp_path / "program", "core/item.sql", "marts/item.sql")
    hall = write(tmp_path / "hall", "core/item.sql")
    files = FilesInForce((hall, program), "*/*.sql")
    assert files.path_of("core/item.sql") == hall / "core" / "item.sql"
    assert files.path_of("marts/item.sql") == program / "marts" / "item.sql"
    assert files.path_of("marts/other.sql") is None


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    program = write(tmp_path / "program", "a.csv")
    files = FilesInForce((tmp_path / "hall", program), "*.csv")
    assert list(files) == [program / "a.csv"]
    assert (files.folder_of_hall, files.folder_of_program) == (tmp_path / "hall", program)


def test_a_folder_alone_is_looked_up_like_files_in_force(tmp_path: Path) -> None:
    folder = write(tmp_path / "program", "a.csv")
    files = files_of(folder, "*.csv")
    assert list(files) == [folder / "a.csv"]
    assert files_of(files, "*.yaml") is files
