"""The error whose text is meant for people; which sentence it is, whoever raises it says."""

from __future__ import annotations


class SentenceError(RuntimeError):
    """Says in a Chinese sentence what is wrong, where, and what to do; the command line shows it as it is."""
