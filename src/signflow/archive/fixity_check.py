"""Fixity: whether every byte of the archive is what it was when it was stored, and nothing has been added.

For each object: the declaration; the inventory of each version against its sidecar; every file of the manifest against
its SHA-512; the sizes and digests in the METS documents against the files they name; every file and folder that stands
in the object and should not. Nothing is repaired here, and nothing is skipped without a word.

Source: OCFL 1.1, 3 and 3.5.3; METS 1.12, `CHECKSUM`; PREMIS 3.0, event type fixity check.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from signflow.archive import layout
from signflow.archive.fixity import FaultKind, FixityFault, ObjectFixity
from signflow.archive.inventory import INVENTORY_NAME, SIDECAR_NAME, Inventory, read_inventory
from signflow.archive.mets import METS, METS_NAME, XLINK
from signflow.archive.ocfl import EXTENSIONS_FOLDER, LAYOUT_NAME, ROOT_DECLARATION
from signflow.archive.ocfl_object import OBJECT_DECLARATION
from signflow.archive.xml_bytes import Element, read_xml
from signflow.errors import IntegrityError

_CHUNK_BYTES = 1 << 20


@dataclass(slots=True)
class _Walk:
    """What stands in an object's folder: files with their SHA-512, and faults on the way."""

    digests: dict[str, str] = field(default_factory=dict[str, str])
    sizes: dict[str, int] = field(default_factory=dict[str, int])
    folders: set[str] = field(default_factory=set[str])
    faults: list[FixityFault] = field(default_factory=list[FixityFault])

    @property
    def unreadable(self) -> set[str]:
        return {fault.path for fault in self.faults}


def check_object(folder: Path, root: Path) -> ObjectFixity:
    """Look at every file of one object."""
    walk = _walk(folder)
    faults = [*walk.faults, *_check_declaration(walk)]
    inventory, inventory_faults = _check_inventories(folder, walk)
    faults += inventory_faults
    if inventory is None:
        document_id = layout.document_id_at(folder)
        faults.append(
            FixityFault(FaultKind.UNREADABLE, INVENTORY_NAME, "no inventory is left to compare the rest with")
        )
    else:
        document_id = layout.document_id_of(inventory.object_id)
        faults += _check_manifest(inventory, walk)
        # What METS says can only be compared with files that are there and are what the inventory says.
        if not walk.faults and all(fault.kind is FaultKind.UNEXPECTED for fault in faults):
            faults += _check_mets(folder, inventory, walk)
    path = folder.relative_to(root).as_posix()
    return ObjectFixity(document_id, path, len(walk.digests), tuple(sorted(faults, key=lambda fault: fault.path)))


def check_root(root: Path, objects: frozenset[Path]) -> tuple[FixityFault, ...]:
    """Everything in the storage root that is in none of the objects and does not belong to the root itself."""
    faults: list[FixityFault] = []
    own = {ROOT_DECLARATION, LAYOUT_NAME}
    for current, folders, files in os.walk(root, onerror=lambda error: faults.append(_unreadable(error, root))):
        here = Path(current)
        if here == root:
            folders[:] = [name for name in folders if name != EXTENSIONS_FOLDER]
            files = [name for name in files if name not in own]  # noqa: PLW2901 — the root's own files are no strays
        strays = [*files, *(name for name in folders if (here / name).is_symlink())]
        faults.extend(FixityFault(FaultKind.UNEXPECTED, (here / name).relative_to(root).as_posix()) for name in strays)
        if here != root and not folders and not files:
            faults.append(FixityFault(FaultKind.UNEXPECTED, here.relative_to(root).as_posix(), "empty folder"))
        folders[:] = [name for name in folders if here / name not in objects]
    return tuple(sorted(faults, key=lambda fault: fault.path))


def _walk(folder: Path) -> _Walk:
    walk = _Walk()
    for current, folders, files in os.walk(
        folder, onerror=lambda error: walk.faults.append(_unreadable(error, folder))
    ):
        here = Path(current).relative_to(folder)
        if here.parts:
            walk.folders.add(here.as_posix())
        links = [name for name in folders if (folder / here / name).is_symlink()]
        for name in sorted([*files, *links]):
            path = (here / name).as_posix()
            try:
                if not stat.S_ISREG((folder / path).lstat().st_mode):
                    walk.faults.append(FixityFault(FaultKind.UNEXPECTED, path, "neither a file nor a folder"))
                    continue
                walk.digests[path], walk.sizes[path] = _digest(folder / path)
            except OSError as error:
                walk.faults.append(FixityFault(FaultKind.UNREADABLE, path, error.strerror or ""))
    return walk


def _digest(path: Path) -> tuple[str, int]:
    digest, size_bytes = hashlib.sha512(), 0
    with path.open("rb") as source:
        # A page cache that still holds the right bytes must not hide a disk that has lost them.
        os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
    return digest.hexdigest(), size_bytes


def _check_declaration(walk: _Walk) -> Iterator[FixityFault]:
    expected = hashlib.sha512(f"{OBJECT_DECLARATION[2:]}\n".encode()).hexdigest()
    yield from _compare(OBJECT_DECLARATION, expected, walk)


def _check_inventories(folder: Path, walk: _Walk) -> tuple[Inventory | None, list[FixityFault]]:
    """The newest inventory that matches its sidecar, and what is wrong with the others.

    The newest version's copy stands in for the root's, so that one altered inventory does not hide the rest.
    """
    faults: list[FixityFault] = []
    root = _inventory_in(folder, "", walk, faults)
    versions = sorted((int(name[1:]) for name in walk.folders if name[0] == "v" and name[1:].isdecimal()), reverse=True)
    trusted = root
    for number in versions:
        if root is not None and number > root.head:
            continue
        copy = _inventory_in(folder, f"v{number}/", walk, faults)
        trusted = trusted or copy
        if trusted and copy and number == trusted.head and copy != trusted:
            faults.append(FixityFault(FaultKind.ALTERED, f"v{number}/{INVENTORY_NAME}", "differs from the object's"))
        elif trusted and copy and copy.states != trusted.states[:number]:
            faults.append(FixityFault(FaultKind.ALTERED, f"v{number}/{INVENTORY_NAME}", "tells another history"))
    return trusted, faults


def _inventory_in(folder: Path, prefix: str, walk: _Walk, faults: list[FixityFault]) -> Inventory | None:
    inventory, sidecar = f"{prefix}{INVENTORY_NAME}", f"{prefix}{SIDECAR_NAME}"
    missing = [path for path in (inventory, sidecar) if path not in walk.digests]
    faults += [FixityFault(FaultKind.MISSING, path) for path in missing if path not in walk.unreadable]
    if missing:
        return None
    try:
        data, recorded = (folder / inventory).read_bytes(), (folder / sidecar).read_bytes()
        found = read_inventory(data, recorded, inventory)
    except IntegrityError:
        faults.append(FixityFault(FaultKind.ALTERED, inventory, f"does not match {SIDECAR_NAME}"))
        return None
    except OSError as error:
        faults.append(FixityFault(FaultKind.UNREADABLE, inventory, error.strerror or ""))
        return None
    return found


def _check_manifest(inventory: Inventory, walk: _Walk) -> Iterator[FixityFault]:
    for sha512, path in inventory.manifest.items():
        yield from _compare(path, sha512, walk)
    versions = [f"v{number}/" for number in range(1, inventory.head + 1)]
    expected = {
        *inventory.manifest.values(),
        OBJECT_DECLARATION,
        *(f"{place}{name}" for place in ("", *versions) for name in (INVENTORY_NAME, SIDECAR_NAME)),
    }
    folders = {parent for path in expected for parent in _parents(path)}
    for path in sorted((walk.digests.keys() - expected) | (walk.folders - folders)):
        yield FixityFault(FaultKind.UNEXPECTED, path)


def _compare(path: str, sha512: str, walk: _Walk) -> Iterator[FixityFault]:
    if path in walk.digests:
        if walk.digests[path] != sha512:
            yield FixityFault(FaultKind.ALTERED, path, "SHA-512 differs")
    elif path not in walk.unreadable:
        yield FixityFault(FaultKind.MISSING, path)


def _check_mets(folder: Path, inventory: Inventory, walk: _Walk) -> Iterator[FixityFault]:
    """Compare what the newest version's METS documents say with what was found; every file must be in one of them."""
    state = inventory.state
    listed = {METS_NAME}
    for name in sorted(state):
        if name.rsplit("/", maxsplit=1)[-1] != METS_NAME or name.count("/") not in {0, 2}:
            continue
        try:
            root = read_xml((folder / inventory.manifest[state[name]]).read_bytes())
        except (OSError, ValueError) as error:
            yield FixityFault(FaultKind.UNREADABLE, name, str(error))
            continue
        base = name.removesuffix(METS_NAME)
        for path, sha512, size in _listed(root):
            listed.add(f"{base}{path}")
            found = state.get(f"{base}{path}")
            if found is None:
                yield FixityFault(FaultKind.MISSING, f"{base}{path}", f"listed in {name}")
            elif found != sha512 or str(walk.sizes[inventory.manifest[found]]) != size:
                yield FixityFault(FaultKind.ALTERED, f"{base}{path}", f"{name} says otherwise")
    for name in sorted(state.keys() - listed if METS_NAME in state else ()):
        yield FixityFault(FaultKind.UNEXPECTED, name, f"listed in no {METS_NAME}")


def _listed(root: Element) -> Iterator[tuple[str, str, str]]:
    """Path, SHA-512 and size of each file a METS document lists."""
    for entry in root.iter(f"{{{METS}}}file", f"{{{METS}}}mdRef"):
        location = entry if entry.tag == f"{{{METS}}}mdRef" else entry.find(f"{{{METS}}}FLocat")
        attributes: Mapping[str, str] = {} if location is None else {str(k): str(v) for k, v in location.attrib.items()}
        yield unquote(attributes.get(f"{{{XLINK}}}href", "")), entry.get("CHECKSUM", ""), entry.get("SIZE", "")


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts)))


def _unreadable(error: OSError, root: Path) -> FixityFault:
    return FixityFault(FaultKind.UNREADABLE, os.path.relpath(str(error.filename), root), error.strerror or "")
