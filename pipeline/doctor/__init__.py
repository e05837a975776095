"""Examines whether this machine and this home are fit for the weekly run.

In: the settings and the machine. Out: one `Outcome` per question, in the order of `examine`.
Elsewhere: what arrived and what blocks a release is in `pipeline.status`; checks of figures are in `pipeline.quality`.
"""

from pipeline.doctor.examine import examine
from pipeline.doctor.outcome import Outcome

__all__ = ["Outcome", "examine"]
