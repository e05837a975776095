"""What all parts of a contract share: unknown keys are errors, names of columns have one shape."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Strict(BaseModel):
    """Unknown keys are errors, so that a typing mistake in a YAML is found at once; camelCase as in Table Schema."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)
