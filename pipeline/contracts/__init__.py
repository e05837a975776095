"""What each kind of export looks like: one YAML a source, its model and its loader; reading files belongs in ingest."""

from pipeline.contracts.loader import ContractError, load_contracts
from pipeline.contracts.model import Contract, Field, FieldType, OnError

__all__ = ["Contract", "ContractError", "Field", "FieldType", "OnError", "load_contracts"]
