"""The exports that a hall's folder brings: copied as they are, all of them or none."""

from __future__ import annotations

from pathlib import Path

from pipeline.sample import copy_own_exports, has_unfinished_sample


def test_the_files_are_copied_as_they_are_and_hidden_ones_stay(tmp_path: Path) -> None:
    folder, inbox = tmp_path / "sample", tmp_path / "inbox"
    folder.mkdir()
    inbox.mkdir()
    (folder / "热线_2024-01.csv").write_bytes("受理,办结\r\n".encode("gb18030"))
    (folder / ".DS_Store").write_bytes(b"\0")
    copied = copy_own_exports(folder, inbox)
    assert copied == (inbox / "热线_2024-01.csv",)
    assert copied[0].read_bytes() == (folder / "热线_2024-01.csv").read_bytes()
    assert not has_unfinished_sample(inbox)
    assert [path.name for path in inbox.iterdir()] == ["热线_2024-01.csv"]
