"""Lets help go on in the next line where typer would cut it; what the help says stands with each command."""

from __future__ import annotations

from rich.text import Text
from typer import rich_utils


class WholeOptions(rich_utils.OptionHighlighter):
    """typer's colours for a text that is broken anywhere: a Chinese sentence has no blanks, and would end in …."""

    def __call__(self, text: str | Text) -> Text:
        """Returns the text in typer's colours."""
        return _whole(super().__call__(text))


class WholeNegativeOptions(rich_utils.NegativeOptionHighlighter):
    """The same for `--no-release` and its like, which have a column of their own."""

    def __call__(self, text: str | Text) -> Text:
        """Returns the text in typer's colours."""
        return _whole(super().__call__(text))


def keep_help_whole() -> None:
    """Puts texts that are broken anywhere in the place of typer's own, which has no setting for it."""
    rich_utils.highlighter = WholeOptions()
    rich_utils.negative_highlighter = WholeNegativeOptions()


def _whole(text: Text) -> Text:
    text.overflow = "fold"
    return text
