"""Says which files count, and from which folder: the hall's own before those that come with the program.

Contracts, code lists, checks and SQL models are all looked up here, file by file, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FilesInForce:
    """The files of one kind. Of files with one name, that of the earlier folder counts.

    A name is the path below its folder: `item_volume.yaml`, `core/item.sql`. A folder that is not there has no files.
    """

    folders: tuple[Path, ...]
    pattern: str

    def by_name(self) -> dict[str, Path]:
        """Returns the file that counts by its name, in the order of the names."""
        found: dict[str, Path] = {}
        for folder in self.folders:
            for path in folder.glob(self.pattern):
                found.setdefault(path.relative_to(folder).as_posix(), path)
        return dict(sorted(found.items()))

    def __iter__(self) -> Iterator[Path]:
        """Yields the files that count, in the order of their names."""
        yield from self.by_name().values()

    def path_of(self, name: str) -> Path | None:
        """Returns the file of this name that counts; None where no folder has one."""
        candidates = (folder / name for folder in self.folders)
        return next(filter(Path.is_file, candidates), None)

    @property
    def folder_of_hall(self) -> Path:
        """The folder of the hall; where there is no hall, that of the program."""
        return self.folders[0]

    @property
    def folder_of_program(self) -> Path:
        """The folder that comes with the program."""
        return self.folders[-1]


Files = Path | FilesInForce
"""A folder alone, or the files of several folders of which the earlier count first."""


def files_of(files: Files, pattern: str) -> FilesInForce:
    """Returns what a folder alone has, or the files in force as they are."""
    if isinstance(files, FilesInForce):
        return files
    return FilesInForce((files,), pattern)
