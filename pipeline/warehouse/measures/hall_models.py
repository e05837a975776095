"""All models of a hall: those in force under `sql/`, and those that come of the measures of its contracts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pipeline.contracts import Contract, load_contracts
from pipeline.hall.code_list import CodeList, code_lists
from pipeline.settings import Settings
from pipeline.warehouse.measures.place_sql import PLACES, places_of_contract, places_of_hall
from pipeline.warehouse.measures.staging_sql import staging_view
from pipeline.warehouse.models import ModelError, ModelGraph, graph_of, model_of, read_models

_METRICS: Final = "metric"


def hall_models(settings: Settings) -> ModelGraph:
    """Returns the models of a hall in building order.

    Raises ModelError for what is wrong in a model, and ContractError for a contract.
    """
    return models_with(settings, load_contracts(settings.contracts).values())


def models_with(settings: Settings, contracts: Iterable[Contract]) -> ModelGraph:
    """Returns the same with these contracts, which are those of the hall that could be read."""
    measured = [contract for contract in contracts if contract.measures]
    models = read_models(settings.models)
    if not measured:
        return graph_of(models)
    lists = code_lists(settings.reference)
    _refuse_known_codes(measured, lists)
    columns_of_lists = {one.name: one.columns for one in lists}
    for contract in measured:
        path = settings.contracts.path_of(f"{contract.name}.yaml")
        for name, sql in (staging_view(contract), places_of_contract(contract, columns_of_lists)):
            # A model that the hall wrote itself counts.
            if name not in models:
                models[name] = model_of(name, sql, _required(path))
    # The table without rows gives way to that over the tables of the contracts.
    models[PLACES] = model_of(PLACES, places_of_hall(measured), models[PLACES].path)
    return graph_of(models)


def _refuse_known_codes(contracts: Iterable[Contract], lists: Iterable[CodeList]) -> None:
    """Raises ModelError for a measure that is called like a metric of the program, or as its next one may be."""
    known = {record["metric"] for one in lists if one.name == _METRICS for record in one.records}
    # case_accepted, window_issued: what begins so is the program's, here and in its checks.
    beginnings = tuple(sorted({f"{name.partition('_')[0]}_" for name in known}))
    for contract in contracts:
        for measure in contract.measures:
            if measure.name.startswith(beginnings):
                words = "、".join(beginnings)
                raise ModelError(
                    f"{contract.name}.yaml 的 measures：{measure.name} 像自带指标的代号；"
                    f"{words} 开头的留给自带指标，请换一个。"
                )


def _required(path: Path | None) -> Path:
    if path is None:
        raise ModelError("合同的文件在读取之后不见了，请再运行一次。")
    return path
