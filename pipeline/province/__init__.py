"""Several halls as one province: what a hall hands over, how a province takes it, and that both have the same figures.

In: released weeks of a hall's warehouse. Out: packages of Parquet with a manifest; a warehouse with the rows of all
halls; where its figures differ from those that a hall released. The SQL is that of every hall, `sql/`: each of its
tables says whose a row is (`hall_id`).
"""

from pipeline.province.double_entry import Mismatch, mismatches
from pipeline.province.hand_over import HandedOver, KeptBack, hand_over, hand_over_all
from pipeline.province.package import Manifest, PackageError
from pipeline.province.pour import pour
from pipeline.province.receive import Received, RefusedPackage, receive
from pipeline.province.withhold import withhold

__all__ = [
    "HandedOver",
    "KeptBack",
    "Manifest",
    "Mismatch",
    "PackageError",
    "Received",
    "RefusedPackage",
    "hand_over",
    "hand_over_all",
    "mismatches",
    "pour",
    "receive",
    "withhold",
]
