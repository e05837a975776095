"""Made-up persons and enterprises: their check characters are right, so that only their districts give them away."""

from __future__ import annotations

import numpy as np

from pipeline.sample.identity import ID_CHECKS, build_identities, credit_code, id_check_positions


def test_the_check_character_of_an_identity_number_follows_gb_11643() -> None:
    # The example of the standard: 11010519491231002 has the check character X.
    positions = id_check_positions(np.array([11010519491231002], dtype=np.int64))
    assert ID_CHECKS[int(positions[0])] == "X"


def test_the_check_character_of_a_credit_code_follows_gb_32100() -> None:
    # Of the examples of the standard: 91350100M000100Y4 has the check character 3.
    assert credit_code("91350100M000100Y4") == "91350100M000100Y43"


def test_the_same_state_of_the_generator_gives_the_same_pool() -> None:
    first, second = (build_identities(np.random.default_rng(7)) for _ in range(2))
    assert (first.id_bodies == second.id_bodies).all()
    assert first.person_names == second.person_names
    assert all("样" in name for name in first.person_names)
    assert len(set(first.addresses)) == len(first.addresses)
