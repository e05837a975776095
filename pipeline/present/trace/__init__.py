"""From a published figure back to the rows of the files that it was made from.

In: the published file and a figure's name in words. Out: a `Trace`. Elsewhere: printing it, in
`zhoubao/shown_trace.py`; what a figure rests on is read from the SQL in `pipeline.release.revisions.basis`.
"""

from pipeline.present.trace.figure import TraceError
from pipeline.present.trace.trace import Trace, trace, trace_published

__all__ = ["Trace", "TraceError", "trace", "trace_published"]
