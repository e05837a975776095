"""One warehouse in memory for all SQL tests, emptied before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.sql.sql_hall import SqlHall


@pytest.fixture(scope="session")
def session_hall() -> Iterator[SqlHall]:
    hall = SqlHall()
    yield hall
    hall.con.close()


@pytest.fixture
def hall(session_hall: SqlHall) -> SqlHall:
    session_hall.reset()
    return session_hall
