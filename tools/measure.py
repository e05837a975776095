"""Measures how easy the code is to read and prints a table: `make measure`.

In: the Python files of the packages, and the tests. Out: one line per folder, and whether the limits hold.
What counts as a branch: if, for, while, except, case, assert, a conditional expression, each `and` and `or`, and each
`for` and `if` of a comprehension. The lines of a function are those it spans without its docstring.
"""

from __future__ import annotations

import ast
import io
import re
import statistics
import sys
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGES: Final = ("pipeline", "assets", "zhoubao")
# The limits of the whole code, in one place: the test of this module holds them.
MOST_BRANCHES_PER_LINE: Final = 0.27
MOST_BRANCHES_PER_LINE_P90: Final = 0.60
MOST_LINES: Final = 60
BRANCHING: Final = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.IfExp,
    ast.match_case,
    ast.Assert,
)
HEADINGS: Final = ("folder", "modules", "functions", "weighted", "p90", "longest", "comments", "untested")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class FunctionMeasure:
    """One function. `place` is file:line and name."""

    place: str
    lines: int
    branches: int

    @property
    def density(self) -> float:
        """Branches per line."""
        return self.branches / max(self.lines, 1)


@dataclass(frozen=True)
class FolderMeasure:
    """One folder with all below it. Key: `folder`; `untested` are public functions that no test names."""

    folder: str
    modules: int
    functions: tuple[FunctionMeasure, ...]
    comment_share: float
    untested: tuple[str, ...]

    @property
    def weighted(self) -> float:
        """Branches per line of the folder: long functions count for more than short ones."""
        lines = sum(function.lines for function in self.functions)
        branches = sum(function.branches for function in self.functions)
        return branches / max(lines, 1)

    @property
    def p90(self) -> float:
        """The branches per line that nine of ten functions stay below."""
        densities = sorted(function.density for function in self.functions)
        return densities[int(len(densities) * 0.9)] if densities else 0.0

    @property
    def longest(self) -> int:
        """Lines of the longest function."""
        return max((function.lines for function in self.functions), default=0)


def branches_of(function: Function) -> int:
    """Counts the branches of a function, those of functions inside it included."""
    count = 0
    for node in ast.walk(function):
        if isinstance(node, BRANCHING):
            count += 1
        elif isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            count += 1 + len(node.ifs)
    return count


def functions_in(source: str, name: str) -> Iterator[FunctionMeasure]:
    """Measures every function of a module; `name` is how the module is called in the places."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, Function):
            continue
        docstring = ast.get_docstring(node, clean=False)
        docstring_lines = docstring.count("\n") + 1 if docstring else 0
        span = (node.end_lineno or node.lineno) - node.lineno + 1
        yield FunctionMeasure(f"{name}:{node.lineno} {node.name}", span - docstring_lines, branches_of(node))


def comment_share(sources: Iterable[str]) -> float:
    """Returns the share of lines with a comment, such as 0.05; docstrings are no comments."""
    lines = comments = 0
    for source in sources:
        lines += source.count("\n")
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        comments += sum(token.type == tokenize.COMMENT for token in tokens)
    return comments / max(lines, 1)


def public_functions(source: str) -> list[str]:
    """Names the functions of a module that other modules may call."""
    body = ast.parse(source).body
    return [node.name for node in body if isinstance(node, Function) and not node.name.startswith("_")]


def words_of_tests(tests: Path) -> frozenset[str]:
    """Returns every word of the tests: a function whose name is not among them has no test of its own."""
    words: set[str] = set()
    for path in tests.rglob("*.py"):
        words.update(re.findall(r"\w+", path.read_text("utf-8")))
    return frozenset(words)


def measure_folder(folder: Path, root: Path, test_words: frozenset[str]) -> FolderMeasure:
    """Measures a folder with all folders below it."""
    paths = sorted(folder.rglob("*.py"))
    functions: list[FunctionMeasure] = []
    untested: list[str] = []
    sources = [path.read_text("utf-8") for path in paths]
    for path, source in zip(paths, sources, strict=True):
        name = path.relative_to(root).as_posix()
        functions += functions_in(source, name)
        untested += [f"{name} {function}" for function in public_functions(source) if function not in test_words]
    return FolderMeasure(
        folder=folder.relative_to(root).as_posix(),
        modules=len(paths),
        functions=tuple(functions),
        comment_share=comment_share(sources),
        untested=tuple(untested),
    )


def folders_of(root: Path) -> list[Path]:
    """Returns the packages and the folders right below `pipeline` and `pipeline/ingest`."""
    folders = [root / package for package in PACKAGES]
    for parent in (root / "pipeline", root / "pipeline" / "ingest"):
        folders += [path for path in sorted(parent.iterdir()) if any(path.glob("*.py"))]
    return folders


def measure_whole(root: Path = ROOT) -> FolderMeasure:
    """Measures all packages together, as the limits mean them."""
    parts = [measure_folder(root / package, root, frozenset()) for package in PACKAGES]
    functions = tuple(function for part in parts for function in part.functions)
    return FolderMeasure(
        folder="all",
        modules=sum(part.modules for part in parts),
        functions=functions,
        comment_share=statistics.mean(part.comment_share for part in parts),
        untested=(),
    )


def broken_limits(measure: FolderMeasure) -> list[str]:
    """Returns a sentence for each limit that the code does not keep."""
    sentences = []
    if measure.weighted > MOST_BRANCHES_PER_LINE:
        sentences.append(f"{measure.weighted:.3f} branches per line, more than {MOST_BRANCHES_PER_LINE}")
    if measure.p90 > MOST_BRANCHES_PER_LINE_P90:
        sentences.append(f"{measure.p90:.3f} branches per line at the p90, more than {MOST_BRANCHES_PER_LINE_P90}")
    too_long = [function for function in measure.functions if function.lines > MOST_LINES]
    sentences += [f"{function.place}: {function.lines} lines, more than {MOST_LINES}" for function in too_long]
    return sentences


def table_lines(measures: Sequence[FolderMeasure]) -> list[str]:
    """Writes the measures as lines of aligned columns."""
    rows = [HEADINGS]
    for measure in measures:
        rows.append(
            (
                measure.folder,
                str(measure.modules),
                str(len(measure.functions)),
                f"{measure.weighted:.3f}",
                f"{measure.p90:.3f}",
                str(measure.longest),
                f"{measure.comment_share:.1%}",
                str(len(measure.untested)),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return ["  ".join(_aligned(row, widths)).rstrip() for row in rows]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """Puts the first cell, a name, to the left of its column and numbers to the right."""
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if column == 0 else cell.rjust(width)


def main() -> int:
    """Prints the table, where to begin, functions without a test, and broken limits; returns 1 where one is broken."""
    test_words = words_of_tests(ROOT / "tests")
    measures = [measure_folder(folder, ROOT, test_words) for folder in folders_of(ROOT)]
    whole = measure_whole()
    print(*table_lines([*measures, whole]), sep="\n")
    # What a function has above the limit says most about where to begin.
    densest = sorted(whole.functions, key=lambda function: MOST_BRANCHES_PER_LINE * function.lines - function.branches)
    print("\nWhere to begin (branches, lines):")
    print(*(f"  {function.branches:>3} {function.lines:>3}  {function.place}" for function in densest[:20]), sep="\n")
    untested = [place for measure in measures[: len(PACKAGES)] for place in measure.untested]
    if untested:
        print("\nPublic functions that no test names:", *untested, sep="\n  ")
    sentences = broken_limits(whole)
    print("\n" + ("\n".join(sentences) or "All limits are kept."))
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
