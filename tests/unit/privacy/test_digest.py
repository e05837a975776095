"""A person is counted once and known to nobody."""

from pathlib import Path

from pipeline.privacy.digest import person_digest, person_key


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "person.key"
    key = person_key(path)
    assert len(key) == 32
    assert person_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_person_has_one_digest_a_key() -> None:
    digest = person_digest("王小明", b"a" * 32)
    assert digest == person_digest("王小明", b"a" * 32)
    assert digest not in (person_digest("王小明", b"b" * 32), person_digest("李大红", b"a" * 32))
    assert len(digest) == 32
