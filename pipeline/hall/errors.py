"""The error for whatever is wrong with a hall's folder."""

from __future__ import annotations

from pipeline.common.sentences import SentenceError


class HallError(SentenceError, ValueError):
    """Says in a Chinese sentence what is wrong with the hall's folder, or with the key that names it."""
