"""Holds the one error of the calendar."""

from __future__ import annotations

from pipeline.common.sentences import SentenceError


class CalendarError(SentenceError, ValueError):
    """A week, a day or an override that the calendar cannot answer for; the message is a sentence for the reader."""
