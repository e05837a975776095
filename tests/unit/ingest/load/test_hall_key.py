"""Only a hall that has loaded nothing yet is given a key."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.ingest.load.hall_key import hall_key
from pipeline.ingest.load.ledger import has_deliveries, latest_arrival, prepare
from pipeline.privacy.digest import PersonKeyError


def test_a_hall_that_has_lost_its_key_is_told_and_gets_no_other(tmp_path: Path) -> None:
    path = tmp_path / "person.key"
    with duckdb.connect() as con:
        prepare(con, [])
        assert latest_arrival(con) is None
        key = hall_key(con, path)
        con.execute("INSERT INTO ledger.delivery (delivery_id, status) VALUES ('r', 'refused')")
        assert not has_deliveries(con)
        con.execute("INSERT INTO ledger.delivery (delivery_id, status) VALUES ('d', 'current')")
        assert hall_key(con, path) == key
        path.unlink()
        with pytest.raises(PersonKeyError, match="不见了"):
            hall_key(con, path)
    assert not path.exists()
