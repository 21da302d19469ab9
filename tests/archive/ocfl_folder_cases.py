"""What can be wrong with an object's folder, and with the words of its inventory.

Each row: the code with words (with `E…_`: the public fixture, OCFL/fixtures, that is built anew here), other codes of ours,
those of ocfl-py where they are others, and the clause by which ours are right.
"""

from __future__ import annotations

from ocfl_damage import (
    THREE,
    both,
    case,
    changed_algorithm,
    file,
    folder,
    gone,
    in_sha256,
    last,
    manifest_path,
    nothing,
    one_version,
    overwritten,
    padded,
    renamed,
    ten_versions,
    value,
    without,
    without_files_later,
    without_uri,
)
from ocfl_drafts import Draft, digest_of

# --- the object's folder and its declaration

case("E001 E001_extra_file_in_root")(file("extra.txt"))
case("E001 E001_extra_dir_in_root")(file("extra/file.txt"))
case("E001 a tag that is no declaration")(file("1=Somebody", b"Somebody\n"))
case("E001 a backup of the inventory")(file("inventory.json.bak"))
case("E002 no NAMASTE tag", "E003 E004", "E001 E003", "3.2: a name that is no tag has its own code")(
    last(lambda root: (root / "0=ocfl_object_1.1").rename(root / "0ocfl_object_1.1"))
)
case("E003 E003_no_decl")(gone("0=ocfl_object_1.1"))
case("E003 two declarations")(file("0=ocfl_object_1.0", b"ocfl_object_1.0\n"))
case("E004 no equals sign", "E002 E003", "E001 E003", "3.2: a name that is no tag has its own code")(
    last(lambda root: (root / "0=ocfl_object_1.1").rename(root / "ocfl_object_1.1"))
)
case("E005 another kind of tag", "E003", "E001 E003", "3.2: T has its own code")(
    last(lambda root: (root / "0=ocfl_object_1.1").rename(root / "1=ocfl_object_1.1"))
)
case("E006 a version that there is not", "E003")(
    last(lambda root: (root / "0=ocfl_object_1.1").rename(root / "0=ocfl_object_7.1"))
)
case("E007 E007_bad_declaration_contents")(
    overwritten("0=ocfl_object_1.1", b"This is not the text you are looking for\n")
)
case("E007 without a line feed", "", "", "3.2: followed by a newline")(
    overwritten("0=ocfl_object_1.1", b"ocfl_object_1.1")
)
case("E008 no version", "E046", draft=one_version)(
    both(value("versions", to={}), value("manifest", to={}), without("fixity"))
)


@case("E008 E003_E063_empty", "E003 E063", "E003 E063", "3.3: one or more versions")
def empty(draft: Draft) -> None:
    draft.files.clear()
    draft.inventories.clear()


case(
    "E009 the sequence begins at 2",
    "",
    "E009 E046",
    "3.3: the folders are those of the inventory; only the numbers are wrong",
    draft=one_version,
)(renamed("v1", "v2"))
case(
    "E010 a number is left out",
    "",
    "E010 E040 E042 E046 E064 E107",
    "3.3: the folders, head and paths are those of the inventory; only the numbers are wrong",
)(renamed("v3", "v5"))
case(
    "E011 E011_E013_invalid_padded_head_version",
    "E013 W001",
    "E011 E040 E042 E046 E064 E107 W001",
    "3.3: all else agrees with the inventory",
    draft=ten_versions,
)(nothing)
case(
    "E012 names of two lengths",
    "E013 W001",
    "E010 E040 E042 E046 E064 E107 W001",
    "3.3: names differ, numbers are in order",
    draft=padded,
)(renamed("v03", "v003"))
case("E013 zeros begin later", "E012", "E010 E040 E042 E046 E064 E107", "3.3: names differ, numbers are in order")(
    renamed("v3", "v03")
)
case(
    "E014 another spelling of the version's name",
    "E023 E042 E092",
    "E042",
    "3.3: must use the actual version directory names",
)(manifest_path("v03/content/d.txt"))
case("E015 E015_content_not_in_content_dir")(file("v3/d2.txt"))
case("E015 a file beside the inventory")(file("v1/inventory.json.bak"))
case("E016 no content directory", "E092 E093", "E092 E093", "3.3.1: must contain a content sub-directory")(
    last(lambda root: ((root / "v3/content/d.txt").unlink(), (root / "v3/content").rmdir()))
)
case("E017 E017_invalid_content_dir", "E108", "E017")(value("contentDirectory", to="content/dir"))
case("E017 no text", "E108", "E017")(value("contentDirectory", to=7))
case("E018 a full stop", "E108", "E018")(value("contentDirectory", to="."))
case("E018 two", "E108", "E018")(value("contentDirectory", to=".."))


@case("E019 E019_inconsistent_content_dir")
def set_later(draft: Draft) -> None:
    draft.root["contentDirectory"] = "content"


@case("E020 the content directory changes", "E042")
def changes(draft: Draft) -> None:
    draft.own("v1")["contentDirectory"] = "stuff"


case("E021 a name that is not set", "E023 E042 E092", "E042", "3.3.1: must be content")(manifest_path("v3/stuff/d.txt"))
case("E023 E023_extra_file")(file("v1/content/extra.txt"))


@case("E023 E023_old_manifest_missing_entries", "E066")
def forgotten(draft: Draft) -> None:
    del draft.own("v2")["manifest"][digest_of(b"")]
    del draft.inventories["v2"]["fixity"]
    del draft.inventories["v2"]["versions"]["v1"]["state"][digest_of(b"")]


case("E024 E024_empty_dir_in_content")(folder("v1/content/nothing"))
case("E024 in a folder")(folder("v1/content/dir/nothing"))
case(
    "E025 E025_wrong_digest_algorithm",
    "",
    "E001 E025 E046 E058",
    "3.4: the sidecar is of the algorithm that the inventory names",
)(value("digestAlgorithm", to="md5"))
case("E025 no text", "", "E025 E046", "3.4: the sidecar is of the algorithm that the inventory names")(
    value("digestAlgorithm", to=["sha512"])
)
case("E026 a digest of nobody's", "E056", "E056", "3.4: must choose from the vocabulary")(
    value("fixity", "crc32", to={"00000000": ["v3/content/d.txt"]})
)
case("E029 SHA-1 in base64", "E057", "E057", "3.4: must be encoded using hex")(
    value("fixity", "sha1", to={"2jmj7l5rSw0yVb/vlWAYkK/YBwk=": ["v3/content/d.txt"]})
)
case("E030 SHA-256 cut short", "E057", "E057", "3.4: must be encoded using hex")(
    value("fixity", "sha256", to={"abcd": ["v3/content/d.txt"]})
)


@case(
    "E031 SHA-512 cut short",
    "E092",
    "E025 E050 E057",
    "3.4: E025 is about the choice of the algorithm, not about writing its digests",
)
def cut_short(draft: Draft) -> None:
    for block in (draft.root["manifest"], draft.root["versions"]["v3"]["state"]):
        block[THREE[:-1]] = block.pop(THREE)


case("E032 BLAKE2b with other signs", "E057", "E057", "3.4: must be encoded using hex")(
    value("fixity", "blake2b-512", to={"g" * 128: ["v3/content/d.txt"]})
)
# --- warnings

case("W001 W001_zero_padded_versions", draft=padded)(nothing)
case("W002 W002_extra_dir_in_version_dir")(file("v1/extra/file.txt"))
case("W003 an empty content directory", draft=without_files_later)(folder("v2/content"))
case("W004 W004_uses_sha256", draft=in_sha256)(nothing)


case("W004 W004_versions_diff_digests")(changed_algorithm)
case("W005 W005_id_not_uri", draft=without_uri)(nothing)
case("W007 no message")(without("versions", "v3", "message"))
case("W007 no user")(without("versions", "v3", "user"))
case("W008 W008_user_no_address")(without("versions", "v3", "user", "address"))
case("W009 W009_user_address_not_uri")(value("versions", "v3", "user", "address", to="Storgatan 1"))
case("W010 W010_no_version_inventory")(gone("v1/inventory.json", "v1/inventory.json.sha512"))


@case("W011 W011_version_inv_diff_metadata")
def other_words(draft: Draft) -> None:
    draft.own("v1")["versions"]["v1"]["message"] = "Another"


case("W013 W013_unregistered_extension")(file("extensions/unregistered/file.txt"))
