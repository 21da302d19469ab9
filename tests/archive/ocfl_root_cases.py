"""What can be wrong with a storage root.

Each row: the code with words (with `E…_`: the public fixture, OCFL/fixtures, that is built anew here), other codes of ours,
those of ocfl-py where they are others, and the clause by which ours are right.
"""

from __future__ import annotations

import os

from ocfl_damage import FIRST, SECOND, case, file, folder, gone, last, old_root, overwritten
from ocfl_drafts import LAYOUT, honest_object, honest_root, place_of

# --- storage roots

case("E037 two objects of one name", "E083", "", "3.5.1: unique in the local context", draft=honest_root)(
    lambda draft: draft.add(honest_object(object_id="info:example/1").at("abc/def/012/other"))
)
case(
    "E068 an extension that nothing tells of",
    "",
    "W901",
    "1.0, 3.9: must be defined in the register or in the root",
    draft=old_root,
)(file("extensions/ours/config.json"))
case("E068 in an object", "W013", "W013", "1.0, 3.9: must be defined in the register or in the root", draft=old_root)(
    file(f"{FIRST}/extensions/ours/config.json")
)
case("E069 no declaration", "E076", "E069", draft=honest_root)(gone("0=ocfl_1.1"))
case("E070 no description", draft=honest_root)(
    overwritten("ocfl_layout.json", b'{"extension": "%s"}' % LAYOUT.encode())
)
case("E070 no JSON", draft=honest_root)(overwritten("ocfl_layout.json", b"{"))
case("E071 a layout of nobody's", draft=honest_root)(
    overwritten("ocfl_layout.json", b'{"extension": "ours", "description": "Ours"}')
)
case("E072 a file on the way", "E084 E085 E088", "E072", draft=honest_root)(file("abc/def/file.txt"))
case("E073 an empty folder", "E085 E088", "E073", draft=honest_root)(folder("abc"))
case("E075 no NAMASTE tag", "E069 E076 E077", "E069", "4.2: a name that is no tag has its own code", draft=honest_root)(
    last(lambda root: (root / "0=ocfl_1.1").rename(root / "0ocfl_1.1"))
)
case("E076 two declarations", "", "E069", "4.2: exactly one", draft=honest_root)(file("0=ocfl_1.0", b"ocfl_1.0\n"))
case("E077 no equals sign", "E069 E075 E076", "E069", "4.2: a name that is no tag has its own code", draft=honest_root)(
    last(lambda root: (root / "0=ocfl_1.1").rename(root / "0ocfl_1.1"))
)
case("E078 another kind of tag", "E069 E076", "E069", "4.2: T has its own code", draft=honest_root)(
    last(lambda root: (root / "0=ocfl_1.1").rename(root / "1=ocfl_1.1"))
)
case("E079 a version that there is not", "E069 E076", "E069", "4.2: dvalue has its own code", draft=honest_root)(
    last(lambda root: (root / "0=ocfl_1.1").rename(root / "0=ocfl_7.1"))
)
case("E080 other words", "", "E069", "4.2: the contents have their own code", draft=honest_root)(
    overwritten("0=ocfl_1.1", b"ocfl_1.0\n")
)
case("E081 an object newer than its root", "", "", "4.2: same or earlier version", draft=old_root)(
    lambda draft: draft.add(honest_object(object_id="info:example/3").at(place_of("info:example/3")))
)
case("E083 not where the layout says", "W014", "", "4.3: a deterministic mapping", draft=honest_root)(
    lambda draft: draft.add(honest_object(object_id="info:example/3").at("abc/def/012/there"))
)
case(
    "E084 a file beside an object", "E072", "E072", "4.3: no files within intermediate directories", draft=honest_root
)(file(f"{FIRST.rpartition('/')[0]}/file.txt"))
case("E085 a way that leads to nothing", "E073 E088", "E073", "4.3: terminated by object roots", draft=honest_root)(
    folder("abc/def")
)
case("E086 a file among the extensions", draft=old_root)(file("extensions/file.txt"))
case("E088 a folder with something else", "E072 E084 E085", "E072", "4.1: no other directories", draft=honest_root)(
    file("documents/minutes.pdf")
)
case("E089 a pipe on the way", "", "", "4.6: only regular files are content", draft=honest_root)(
    last(lambda root: os.mkfifo(root / "pipe"))
)
case("E090 a link to an object", "", "", "4.6: links must not be used", draft=honest_root)(
    last(lambda root: (root / "abc").symlink_to(root / FIRST))
)
case("E090 a hard link between objects", "", "", "4.6: links must not be used", draft=honest_root)(
    last(
        lambda root: (
            (root / SECOND / "v1/content/a.txt").unlink(),
            (root / SECOND / "v1/content/a.txt").hardlink_to(root / FIRST / "v1/content/a.txt"),
        )
    )
)
case("E112 a file among the extensions", "", "E086", "4.4: its own code since 1.1", draft=honest_root)(
    file("extensions/file.txt")
)
case("W014 two patterns", "E083", "", "4.3: one layout pattern", draft=honest_root)(
    lambda draft: draft.add(honest_object(object_id="info:example/3").at("abc/there"))
)
case("W015 an object at the top", "W014", "", "4.3: consistently", draft=honest_root)(
    lambda draft: (
        draft.files.pop("ocfl_layout.json"),
        draft.files.pop(f"extensions/{LAYOUT}/config.json"),
        draft.add(honest_object(object_id="info:example/3").at("top")),
    )
)
case("W016 an extension of no register", "", "W901", "4.4: a registered name", draft=honest_root)(
    file("extensions/ours/config.json")
)
