"""The extensions of an object or a storage root.

Source: OCFL 1.1, 3.9 and 4.4; the register at <https://ocfl.github.io/extensions/>.
"""

from __future__ import annotations

from signflow.archive.ocfl_validation.findings import Findings
from signflow.archive.ocfl_validation.tree import Tree

FOLDER = "extensions"
LAYOUTS = frozenset(
    {
        "0002-flat-direct-storage-layout",
        "0003-hash-and-id-n-tuple-storage-layout",
        "0004-hashed-n-tuple-storage-layout",
        "0006-flat-omit-prefix-storage-layout",
        "0007-n-tuple-omit-prefix-storage-layout",
        "0010-differential-n-tuple-omit-prefix-storage-layout",
        "0011-direct-clean-path-layout",
        "0012-hash-and-no-prefix-id-n-tuple-storage-layout",
    }
)
REGISTERED = LAYOUTS | {
    "0001-digest-algorithms",
    "0005-mutable-head",
    "0008-schema-registry",
    "0009-digest-algorithms",
    "initial",
}


def check_extensions(tree: Tree, misplaced: str, unregistered: str, findings: Findings) -> list[str]:
    """Those that are in no register.

    Args:
        tree: Of the object, or of the storage root's own extensions.
        misplaced: The code for what is no extension's folder.
        unregistered: The code for a name that is in no register; empty if the version has none.
        findings: Takes what is wrong with the folder.
    """
    for name in tree.files_in(FOLDER):
        findings.add(f"{FOLDER}/{name}", misplaced)
    strange = [name for name in tree.folders_in(FOLDER) if name not in REGISTERED]
    for name in strange if unregistered else ():
        findings.add(f"{FOLDER}/{name}", unregistered)
    return strange
