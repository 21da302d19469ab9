"""The OCFL inventory: which bytes an object holds, and which names they have in each of its versions.

Source: OCFL 1.1, 3.5 (inventory), 3.5.3 (manifest, versions, fixity), 3.6 (sidecar).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from signflow.archive.durable import Digests
from signflow.archive.xml_bytes import xml_instant
from signflow.errors import IntegrityError

INVENTORY_NAME = "inventory.json"
SIDECAR_NAME = "inventory.json.sha512"
CONTENT_FOLDER = "content"
_TYPE = "https://ocfl.io/1.1/spec/#inventory"


@dataclass(frozen=True, slots=True)
class VersionNote:
    """Who stored a version, when and why; the address is a URI."""

    created_at: dt.datetime
    message: str
    user_name: str
    user_address: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What an object holds.

    Attributes:
        object_id: The object's identifier, a URI.
        manifest: SHA-512 → the one path in the object where those bytes lie.
        fixity: Path in the object → its SHA-256, a second and independent digest.
        states: For each version in order, name in the package → SHA-512.
        notes: For each version in order, its entry as JSON without the state.
    """

    object_id: str
    manifest: Mapping[str, str] = field(default_factory=dict[str, str])
    fixity: Mapping[str, str] = field(default_factory=dict[str, str])
    states: tuple[Mapping[str, str], ...] = ()
    notes: tuple[Mapping[str, Any], ...] = ()

    @property
    def head(self) -> int:
        """The number of the newest version; 0 before the first."""
        return len(self.states)

    @property
    def state(self) -> Mapping[str, str]:
        """The newest version: name in the package → SHA-512."""
        return self.states[-1]

    def content_path(self, name: str) -> str:
        """Where in the object the bytes lie that the newest version has under the name.

        Raises:
            KeyError: It has none.
        """
        return self.manifest[self.state[name]]

    def with_version(self, files: Mapping[str, Digests], note: VersionNote) -> Inventory:
        """The inventory with one version more, which holds these files; bytes already held are not listed twice."""
        number = self.head + 1
        manifest, fixity = dict(self.manifest), dict(self.fixity)
        for name, digests in sorted(files.items()):
            if digests.sha512 not in manifest:
                path = f"v{number}/{CONTENT_FOLDER}/{name}"
                manifest[digests.sha512] = path
                fixity[path] = digests.sha256
        entry = {
            "created": xml_instant(note.created_at),
            "message": note.message,
            "user": {"name": note.user_name, "address": note.user_address},
        }
        state = {name: digests.sha512 for name, digests in sorted(files.items())}
        return replace(self, manifest=manifest, fixity=fixity, states=(*self.states, state), notes=(*self.notes, entry))


def build_inventory(inventory: Inventory) -> bytes:
    """The inventory as OCFL writes it; the same bytes for the same inventory."""
    value = {
        "id": inventory.object_id,
        "type": _TYPE,
        "digestAlgorithm": "sha512",
        "head": f"v{inventory.head}",
        "contentDirectory": CONTENT_FOLDER,
        "manifest": {digest: [path] for digest, path in inventory.manifest.items()},
        "versions": {
            f"v{number}": {**note, "state": _names_by_digest(state)}
            for number, (note, state) in enumerate(zip(inventory.notes, inventory.states, strict=True), start=1)
        },
        "fixity": {"sha256": _names_by_digest(inventory.fixity)},
    }
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")


def build_sidecar(inventory: bytes) -> bytes:
    """The sidecar that holds the inventory's own digest."""
    return f"{hashlib.sha512(inventory).hexdigest()} {INVENTORY_NAME}\n".encode("ascii")


def read_inventory(data: bytes, sidecar: bytes, where: str) -> Inventory:
    """The inventory, once it has been found to match its sidecar.

    Raises:
        IntegrityError: `archive-inventory-altered`: it does not match, or is not of the form we write.
    """
    if build_sidecar(data) != sidecar:
        raise IntegrityError("archive-inventory-altered", path=where)
    try:
        value: dict[str, Any] = json.loads(data)
        versions = [dict(value["versions"][f"v{number}"]) for number in range(1, len(value["versions"]) + 1)]
        states = tuple(_digest_by_name(version.pop("state")) for version in versions)
        manifest = {digest: paths[0] for digest, paths in value["manifest"].items()}
        fixity = _digest_by_name(value.get("fixity", {}).get("sha256", {}))
        if value["head"] != f"v{len(versions)}" or any(set(state.values()) - set(manifest) for state in states):
            raise IntegrityError("archive-inventory-altered", path=where)
        return Inventory(value["id"], manifest, fixity, states, tuple(versions))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise IntegrityError("archive-inventory-altered", path=where) from error


def _names_by_digest(digest_by_name: Mapping[str, str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for name, digest in sorted(digest_by_name.items()):
        names.setdefault(digest, []).append(name)
    return names


def _digest_by_name(names_by_digest: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: digest for digest, names in names_by_digest.items() for name in names}
