"""From a published figure back to the rows of the files that it was made from; printing that belongs in zhoubao/."""

from pipeline.present.trace.figure import TraceError
from pipeline.present.trace.trace import Trace, trace, trace_published

__all__ = ["Trace", "TraceError", "trace", "trace_published"]
