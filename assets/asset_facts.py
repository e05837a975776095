"""What every asset says of itself beside its work: whose it is, its floor and source, its code, where that is written.

In: the assets as their floors make them, models, contracts and suites. Out: the same with owners, tags, code versions,
code references and, for what is published, when it has to be there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final, get_args

import dagster as dg

from assets.catalogue import ModelFacts
from assets.checks import CHECK_RESULT
from assets.desk import DESK
from assets.release import FINDINGS, METRICS
from assets.tables import group_of, key_of, table_of
from pipeline.common.digests import digest
from pipeline.common.owners import Owner
from pipeline.common.package_version import package_version
from pipeline.contracts import Contract
from pipeline.contracts.loader import fingerprint
from pipeline.ingest.reader_version import READER_VERSION
from pipeline.quality.checks.model import TableSuite
from pipeline.settings import Settings

MAINTAINER: Final[Owner] = "平台维护"
STEWARD: Final[Owner] = "数据专员"
# What the steward reads and decides, whatever the checks of such a table say.
_STEWARDS: Final = frozenset({FINDINGS, DESK, CHECK_RESULT, key_of("quality.decision"), key_of("quality.correction")})
# Floors that reading fills; what is there of them changes with the version of the reader, not of the whole program.
_READ: Final = frozenset({"raw", "ledger", "quarantine", "decisions"})
FLOOR_TAG: Final = "floor"
SOURCE_TAG: Final = "source"
SEVERAL: Final = "several"
# The weekly is printed on Fridays: by the evening something was published within the week before. Dagster looks at the
# latest materialization of any week; which weeks lack their exports is a check (core.report_week, no_week_missing).
PUBLISHED_EACH_WEEK: Final = dg.FreshnessPolicy.cron("0 18 * * 5", timedelta(days=7), "Asia/Shanghai")


@dataclass(frozen=True)
class AssetFacts:
    """What is known of all assets of a hall; `upstream` holds what each asset reads, by key."""

    settings: Settings
    models: Mapping[dg.AssetKey, ModelFacts]
    contracts: Mapping[dg.AssetKey, Contract]
    suites: Sequence[TableSuite]
    upstream: Mapping[dg.AssetKey, Sequence[dg.AssetKey]]
    _code_versions: dict[dg.AssetKey, str] = field(default_factory=dict)
    _sources: dict[dg.AssetKey, frozenset[str]] = field(default_factory=dict)

    def described(self, spec: dg.AssetSpec) -> dg.AssetSpec:
        """Returns the spec of an asset with all that is said here."""
        return spec.replace_attributes(
            owners=[f"team:{owner}" for owner in self.owners(spec.key)],
            tags={**spec.tags, **self.tags(spec.key)},
            code_version=self.code_version(spec.key),
            metadata={**spec.metadata, **self.code_references(spec.key)},
            freshness_policy=PUBLISHED_EACH_WEEK if spec.key == METRICS else None,
        )

    def owners(self, key: dg.AssetKey) -> list[Owner]:
        """Returns who repairs a table: whoever delivers it and whoever its checks name; else the maintainer."""
        if key in _STEWARDS:
            return [STEWARD]
        named = set(self._owners_of_checks.get(key, ()))
        deliverers = [self.contracts[raw].owner for raw in self._contracts_behind(key)]
        named.update(deliverers)
        return [owner for owner in get_args(Owner) if owner in named] or [MAINTAINER]

    def tags(self, key: dg.AssetKey) -> dict[str, str]:
        """Returns floor and source; what rests on several exports says so, what rests on none has no source."""
        floor = {FLOOR_TAG: group_of(table_of(key))}
        sources = sorted(self.sources(key))
        if not sources:
            return floor
        return {**floor, SOURCE_TAG: sources[0] if len(sources) == 1 else SEVERAL}

    def sources(self, key: dg.AssetKey) -> frozenset[str]:
        """Returns the contracts whose rows a table rests on, directly or through other tables."""
        if key not in self._sources:
            own = {self.contracts[key].name} if key in self.contracts else set()
            self._sources[key] = frozenset(own).union(*map(self.sources, self.upstream[key]))
        return self._sources[key]

    def code_version(self, key: dg.AssetKey) -> str:
        """Returns a digest of an asset's own code and of the versions of all that it reads, as the builder's is.

        Whoever reads a changed model has changed too: another SQL shows exactly it and what follows from it.
        """
        if key not in self._code_versions:
            upstream = [self.code_version(read) for read in sorted(self.upstream[key])]
            self._code_versions[key] = digest([self._own_code(key), *upstream])
        return self._code_versions[key]

    def _own_code(self, key: dg.AssetKey) -> str:
        if key in self.models:
            return self.models[key].sql_digest
        if key in self.contracts:
            return f"{fingerprint(self.contracts[key], {})}.v{READER_VERSION}"
        if group_of(table_of(key)) in _READ:
            return f"v{READER_VERSION}"
        if key == CHECK_RESULT:
            return self._digest_of_suites
        return self._package_version

    def code_references(self, key: dg.AssetKey) -> dict[str, Any]:
        """Returns where an asset is written: its SQL or its contract, and the checks of its table."""
        files = []
        if key in self.models:
            name = self.models[key].file
            kind, _, inside = name.partition("/")
            # What comes of the measures of a contract is written there.
            found_in = self.settings.models if kind == "sql" else self.settings.contracts
            files.append((found_in.path_of(inside), name))
        if key in self.contracts:
            name = f"{self.contracts[key].name}.yaml"
            files.append((self.settings.contracts.path_of(name), f"contracts/{name}"))
        # What comes of the words of a contract is written in the contract, and no suite has a file of that name.
        name = f"{table_of(key)}.yaml"
        suite = self.settings.expectations.path_of(name)
        if key in self._owners_of_checks and suite is not None:
            files.append((suite, f"expectations/{name}"))
        return _references(files)

    def _contracts_behind(self, key: dg.AssetKey) -> list[dg.AssetKey]:
        """Returns the raw tables that an asset is or, on the floor of staging, reads."""
        if key in self.contracts:
            return [key]
        if group_of(table_of(key)) == "staging":
            return [read for read in self.upstream[key] if read in self.contracts]
        return []

    @cached_property
    def _owners_of_checks(self) -> Mapping[dg.AssetKey, frozenset[Owner]]:
        return {
            key_of(suite.table): frozenset(check.meta.owner for check in suite.expectations) for suite in self.suites
        }

    @cached_property
    def _digest_of_suites(self) -> str:
        content = hashlib.sha256()
        for suite in self.suites:
            content.update(suite.model_dump_json().encode())
        return content.hexdigest()

    @cached_property
    def _package_version(self) -> str:
        return package_version()


def describe_assets(
    assets: Iterable[dg.AssetsDefinition],
    settings: Settings,
    models: Iterable[ModelFacts],
    contracts: Mapping[str, Contract],
    suites: Sequence[TableSuite],
) -> list[dg.AssetsDefinition]:
    """Returns the assets of a hall, each with its owners, tags, code version, code references and freshness."""
    made = list(assets)
    upstream = {spec.key: [dep.asset_key for dep in spec.deps] for asset in made for spec in asset.specs}
    facts = AssetFacts(
        settings=settings,
        models={key_of(model.name): model for model in models},
        contracts={dg.AssetKey(["raw", name]): contract for name, contract in contracts.items()},
        suites=suites,
        upstream=upstream,
    )
    return [asset.map_asset_specs(facts.described) for asset in made]


def _references(files: Sequence[tuple[Path | None, str]]) -> dict[str, Any]:
    if not files:
        return {}
    references = [
        dg.LocalFileCodeReference(file_path=str(path), line_number=1, label=label) for path, label in files if path
    ]
    return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=references)}
