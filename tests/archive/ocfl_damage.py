"""How an honest OCFL object or storage root is damaged, and the table of what is then to be found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocfl_drafts import Draft, digest_of, honest_object, honest_root, place_of

Damage = Callable[[Draft], object]
ONE, TWO, CHANGED, THREE = (digest_of(one) for one in (b"one", b"two", b"one, changed", b"three"))
FIRST = place_of("info:example/1")
SECOND = place_of("info:example/2")


@dataclass(frozen=True)
class Case:
    """A damage and its codes.

    Attributes:
        name: Of the case; the code it shows comes first.
        draft: The honest one.
        damage: What is done to it.
        ours: Every code that we find.
        theirs: Every code that ocfl-py finds; None if it fails itself.
        clause: Why ours is right where the code is not among theirs.
    """

    name: str
    draft: Callable[[], Draft]
    damage: Damage
    ours: frozenset[str]
    theirs: frozenset[str] | None
    clause: str

    @property
    def code(self) -> str:
        return self.name.split()[0]


CASES: list[Case] = []


def case(
    name: str,
    also: str = "",
    theirs: str | None = "=",
    clause: str = "",
    *,
    draft: Callable[[], Draft] = honest_object,
) -> Callable[[Damage], Damage]:
    """A row: the code with words, other codes of ours, those of ocfl-py (`=`: as ours) and the clause."""

    def keep(damage: Damage) -> Damage:
        ours = frozenset({name.split(maxsplit=1)[0], *also.split()})
        others = ours if theirs == "=" else None if theirs is None else frozenset(theirs.split())
        CASES.append(Case(name, draft, damage, ours, others, clause))
        return damage

    return keep


def old() -> Draft:
    return honest_object("1.0")


def old_root() -> Draft:
    return honest_root("1.0")


def padded() -> Draft:
    return honest_object(digits=2)


def one_version() -> Draft:
    return honest_object(states=[{"a.txt": b"one"}])


def ten_versions() -> Draft:
    return honest_object(states=[{"a.txt": b"%d" % number} for number in range(10)], digits=2)


def in_sha256() -> Draft:
    return honest_object(algorithm="sha256")


def without_uri() -> Draft:
    return honest_object(object_id="minutes 1")


def without_files_later() -> Draft:
    return honest_object(states=[{"a": b"1"}, {}])


def same_files_later() -> Draft:
    return honest_object(states=[{"a": b"1"}, {"b": b"1"}])


# --- how damage is done


def nothing(_draft: Draft) -> None:
    """The draft is itself not as it should be."""


def file(path: str, content: bytes = b"x") -> Damage:
    return lambda draft: draft.files.update({path: content})


def last(act: Callable[[Path], object]) -> Damage:
    return lambda draft: draft.at_last.append(act)


def gone(*paths: str) -> Damage:
    return last(lambda folder: [(folder / path).unlink() for path in paths])


def overwritten(path: str, content: bytes) -> Damage:
    return last(lambda folder: (folder / path).write_bytes(content))


def folder(path: str) -> Damage:
    return lambda draft: draft.empty_folders.append(path)


def value(*keys: str, to: Any) -> Damage:
    """Another value in the newest inventory."""

    def change(draft: Draft) -> None:
        block = draft.root
        for key in keys[:-1]:
            block = block[key]
        block[keys[-1]] = to

    return change


def without(*keys: str) -> Damage:
    def change(draft: Draft) -> None:
        block = draft.root
        for key in keys[:-1]:
            block = block[key]
        del block[keys[-1]]

    return change


def both(*damages: Damage) -> Damage:
    return lambda draft: [damage(draft) for damage in damages]


def manifest_path(path: object, digest: str = THREE) -> Damage:
    """A file's path as it stands in the manifest; the file stays where it is."""
    return both(value("manifest", digest, to=[path]), without("fixity"))


def state_path(path: object) -> Damage:
    return value("versions", "v3", "state", THREE, to=[path])


def renamed(before: str, after: str) -> Damage:
    """The newest version, wherever it is named."""

    def change(draft: Draft) -> None:
        inventory = draft.root
        inventory["head"] = after
        inventory["versions"][after] = inventory["versions"].pop(before)
        for block in (inventory["manifest"], inventory["fixity"]["md5"]):
            for digest, paths in block.items():
                block[digest] = [path.replace(f"{before}/", f"{after}/") for path in paths]
        draft.at_last.append(lambda root: (root / before).rename(root / after))

    return change


def rewritten(path: str, content: bytes) -> Damage:
    """An inventory, and its sidecar for what it now says."""
    sidecar = f"{digest_of(content)} inventory.json\n".encode()
    return both(overwritten(path, content), overwritten(f"{path}.sha512", sidecar))


def everywhere(before: bytes, after: bytes) -> Damage:
    """Other bytes in the object's inventory and its newest version's, and sidecars for what they now say."""

    def change(draft: Draft) -> None:
        data = draft.inventory_files()["inventory.json"]
        assert before in data
        for path in ("inventory.json", "v3/inventory.json"):
            rewritten(path, data.replace(before, after, 1))(draft)

    return change


def changed_algorithm(draft: Draft) -> None:
    """The first version's inventory was made with SHA-256."""
    before = honest_object(states=[{"a.txt": b"one", "dir/b.txt": b"two", "empty": b""}], algorithm="sha256")
    draft.inventories["v1"] = before.root
