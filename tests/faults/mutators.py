"""Ways to break a file, each from a seed, so that a number says which file it was."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

Mutator = Callable[[random.Random, bytes, bytes], bytes]
"""Makes a broken file of one content; another content is at hand for splices."""

_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a0 "ha">{entities}]><worksheet><sheetData><row r="1"><c r="A1" '
    't="inlineStr"><is><t>&a9;</t></is></c></row></sheetData></worksheet>'
)
_EXTERNAL = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>'
_SLIPS = ("../../slip.csv", "/tmp/slip.csv", "..\\..\\slip.csv", "a/../../../slip.csv", "C:\\slip.csv", "\x00.csv", "")


def flip_bits(rng: random.Random, content: bytes, _: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 3, 20))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(rng: random.Random, content: bytes, _: bytes) -> bytes:
    begin, end = sorted((rng.randrange(len(content)), rng.randrange(len(content) + 1)))
    return rng.choice((content[:end], content[begin:], content[:begin] + content[end:]))


def splice(rng: random.Random, content: bytes, other: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)] + other[rng.randrange(len(other) + 1) :]


def insert_zeros(rng: random.Random, content: bytes, _: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + bytes(rng.choice((1, 2, 600, 70_000))) + content[at:]


def repeat(rng: random.Random, content: bytes, _: bytes) -> bytes:
    begin, end = sorted((rng.randrange(len(content)), rng.randrange(len(content) + 1)))
    return content[:end] + content[begin:end] * rng.choice((1, 7, 300)) + content[end:]


def strew(rng: random.Random, content: bytes, _: bytes) -> bytes:
    marks = (b'"', b",", b"\r", b"\n", b"\xef\xbb\xbf", b"\xff", b"\x1a", b"<", b"&#0;", "合计".encode(), b"\x00\xd8")
    changed = content
    for _ in range(rng.randrange(1, 9)):
        at = rng.randrange(len(changed) + 1)
        changed = changed[:at] + rng.choice(marks) * rng.choice((1, 1, 2, 50)) + changed[at:]
    return changed


def break_members(rng: random.Random, content: bytes, other: bytes) -> bytes:
    """A zip in which one member is broken or is XML that does harm; what is no zip is packed into one."""
    members = _members(content)
    name = rng.choice(list(members))
    harm = rng.choice((flip_bits, cut, splice, strew, _bomb, _external))
    members[name] = harm(rng, members[name] or b"x", other)
    return _packed(members)


def lie_in_directory(rng: random.Random, content: bytes, _: bytes) -> bytes:
    """A zip with a wrong size, checksum, method, flag or offset in its directory or before a member."""
    packed = bytearray(_packed(_members(content)))
    signature, length = rng.choice(((b"PK\x01\x02", 46), (b"PK\x03\x04", 30), (b"PK\x05\x06", 22)))
    places = [at for at in range(len(packed)) if packed.startswith(signature, at)]
    at = rng.choice(places) + rng.randrange(4, length)
    packed[at] = rng.choice((0, 1, 8, 9, 12, 14, 99, 127, 255))
    return bytes(packed)


def slip(rng: random.Random, content: bytes, _: bytes) -> bytes:
    """A zip whose members have names that lead out of any folder."""
    return _packed({rng.choice(_SLIPS): content, **({"b.csv": content} if rng.random() < 0.3 else {})})


def nest(rng: random.Random, content: bytes, _: bytes) -> bytes:
    for depth in range(rng.randrange(1, 6)):
        content = _packed({f"{depth}.zip": content})
    return content


def _bomb(rng: random.Random, _: bytes, __: bytes) -> bytes:
    entities = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10))
    return _BOMB.format(entities=entities).encode(rng.choice(("utf-8", "utf-16")))


def _external(rng: random.Random, _: bytes, __: bytes) -> bytes:
    return _EXTERNAL.encode(rng.choice(("utf-16", "utf-16-le", "utf-8")))


def _members(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # whatever a mutated file raises: it is packed as it is
        members = {}
    # A zip may be whole and hold nothing.
    return members or {"a.csv": content}


def _packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name or "a"), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


MUTATORS: tuple[Mutator, ...] = (
    flip_bits,
    cut,
    splice,
    insert_zeros,
    repeat,
    strew,
    break_members,
    lie_in_directory,
    slip,
    nest,
)


def broken_file(seed: int, seeds: dict[str, bytes]) -> tuple[str, bytes]:
    """Name and content of the file of a number: one sample, broken once to three times."""
    rng = random.Random(seed)
    names = sorted(seeds)
    name, other = rng.choice(names), rng.choice(names)
    content = seeds[name]
    for _ in range(rng.choice((1, 1, 2, 3))):
        content = rng.choice(MUTATORS)(rng, content or b"x", seeds[other] or b"x")
    return f"{rng.choice(('', '2023-15 '))}{name}", content
