"""Says which exports this hall expects: the words of its hall.toml, else those of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.contracts.model import TOO_OFTEN, Contract
from pipeline.hall.errors import HallError
from pipeline.hall.facts import Expected, Exports, Required


@dataclass(frozen=True)
class ExpectedExport:
    """How often an export comes, and what its absence does."""

    expected: Expected
    required: Required

    @property
    def is_of_hall(self) -> bool:
        """Whether the hall has this export at all."""
        return self.expected != "never"


def expected_exports(contracts: Mapping[str, Contract], of_hall: Exports) -> dict[str, ExpectedExport]:
    """Returns what is expected of every contract, by its name.

    Nobody misses an export that the hall does not have. Raises HallError for an export without a contract.
    """
    unknown = sorted(of_hall.keys() - contracts.keys())
    if unknown:
        raise HallError(
            f"hall.toml 的 exports 中没有这种报表：{'、'.join(unknown)}；合同有 {'、'.join(sorted(contracts))}。"
        )
    return {name: _expected(contract, of_hall) for name, contract in contracts.items()}


def _refuse_more_often_than_its_period(contract: Contract, expected: Expected) -> None:
    """Raises HallError where hall.toml expects a month each week: there would always be one missing."""
    if expected in TOO_OFTEN.get(contract.delivery.period, ()):
        period = "月" if contract.delivery.period == "month" else "季度"
        raise HallError(
            f'hall.toml 的 [exports.{contract.name}] expected = "{expected}" 不对：'
            f"“{contract.title}”每份统计一个{period}，不会报得更勤；请删去这一行，或改为 occasional、never。"
        )


def _expected(contract: Contract, of_hall: Exports) -> ExpectedExport:
    expected, required = contract.delivery.expected, contract.delivery.required
    words = of_hall.get(contract.name)
    if words is not None:
        expected = words.expected or expected
        _refuse_more_often_than_its_period(contract, expected)
        required = words.required or required
    if expected == "never":
        required = "none"
    return ExpectedExport(expected, required)
