"""The models and words that come of the `measures:` of contracts: SQL in the dialect of `sql/`, written and not stored.

In: contracts. Out: models beside those of `sql/`, and the dictionary of measures.
Elsewhere: the shape of measures in `pipeline.contracts.measures`, the model over them in `sql/marts/measure_value.sql`.
"""

from pipeline.warehouse.measures.hall_models import hall_models, models_with

__all__ = ["hall_models", "models_with"]
