"""Why no copy of a delivery could be made, as one sentence; refusals of files belong in `pipeline.ingest.refusals`."""

from __future__ import annotations


class UncopiedError(ValueError):
    """A delivery of which no copy can go back to its sender: its text says why, in Chinese."""
