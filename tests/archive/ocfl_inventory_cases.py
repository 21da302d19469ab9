"""What can be wrong with an object's inventories and their sidecars, and with the files that they name.

Each row: the code with words (with `E…_`: the public fixture, OCFL/fixtures, that is built anew here), other codes of ours,
those of ocfl-py where they are others, and the clause by which ours are right.
"""

from __future__ import annotations

import os
import shutil

from ocfl_damage import (
    ONE,
    THREE,
    both,
    case,
    changed_algorithm,
    everywhere,
    file,
    gone,
    last,
    manifest_path,
    old,
    one_version,
    overwritten,
    rewritten,
    same_files_later,
    state_path,
    value,
    without,
)
from ocfl_drafts import Draft, digest_of

case("E033 E033_inventory_bad_json")(everywhere(b"{", b"{{"))
case("E033 a list", "", "E036 E041 E046", "3.5: must follow the structure, which is an object", draft=one_version)(
    both(*(rewritten(path, b"[]") for path in ("inventory.json", "v1/inventory.json")))
)
case("E033 not in UTF-8", "", None, "3.5: encoded in UTF-8")(everywhere(b"Version 3", b"Version \xe5"))
case("E033 a key twice", "", "", "RFC 8259, 4: names should be unique; readers differ in which they keep")(
    everywhere(b'"head": "v3"', b'"head": "v3", "head": "v3"')
)
case("E033 a version twice", "", "", "RFC 8259, 4: names should be unique; readers differ in which they keep")(
    everywhere(b'"versions": {', b'"versions": {"v1": {},')
)
case("E033 no number of JSON's", "", "E040", "RFC 8259, 6: NaN is not permitted")(
    everywhere(b'"head": "v3"', b'"head": NaN')
)
case("E034 the name in capitals", "E063", "E063", "3.5: must be named inventory.json")(
    last(lambda root: (root / "inventory.json").rename(root / "Inventory.json"))
)
case("E035 the other slash", "E023 E042 E092", "E042", "3.5: the forward slash must be used")(
    manifest_path("v3\\content\\d.txt")
)
case("E036 E036_no_id")(without("id"))
case("E036 E036_no_head")(without("head"))
case("E036 no type")(without("type"))
case("E036 no algorithm")(without("digestAlgorithm"))
case("E036 E008_E036_no_versions_no_head", "E008 E042 E046 E107", "E008 E036 E046")(
    both(without("head"), value("versions", to={}))
)
case("E037 E037_inconsistent_id", draft=old)(lambda draft: draft.own("v1").update(id="info:example/other"))
case("E037 empty")(value("id", to=""))
case("E037 no text")(value("id", to=7))
case("E038 another version than the declaration's", "E103", "", "3.5.1: must match the object conformance declaration")(
    value("type", to="https://ocfl.io/1.0/spec/#inventory")
)
case("E038 none of the specification")(value("type", to="https://example.org/inventory"))
case("E038 a version that there is not")(value("type", to="https://ocfl.io/7.0/spec/#inventory"))
case("E038 no text")(value("type", to=1.1))


@case(
    "E039 another algorithm's digests",
    "E031 E092",
    "E025 E050 E057",
    "3.5.1: must be the algorithm used in manifest and state",
)
def other_digests(draft: Draft) -> None:
    for block in (draft.root["manifest"], draft.root["versions"]["v3"]["state"]):
        block[digest_of(b"three", "sha256")] = block.pop(THREE)


case("E040 E040_head_not_most_recent")(value("head", to="v2"))
case("E040 E040_wrong_head_format")(value("head", to=3))
case("E040 E040_wrong_version_in_version_dir")(lambda draft: draft.own("v2").update(head="v1"))
case("E041 E041_no_manifest", "E023 E050 E057", None, "3.5.1: manifest must be present")(without("manifest"))
case(
    "E041 E041_manifest_not_object",
    "E023 E050 E057",
    "E041 E050 E057 E066",
    "3.5.2: prior inventories represent the same state still",
    draft=old,
)(value("manifest", to=[]))
case("E042 E042_bad_manifest_content_path", "E023 E092", "E042")(manifest_path("content/d.txt"))
case("E043 no versions", "E041 E042 E046 E107", "E041 E046", "3.5.3: must include a block for versions")(
    without("versions")
)
case("E044 versions as a list", "E042 E045 E046 E107", "E044 E046")(value("versions", to=[]))
case("E045 versions as a text", "E042 E044 E046 E107", "E044 E046", "3.5.3: must be an object")(
    value("versions", to="v3")
)
case(
    "E046 E046_missing_version_dir",
    "",
    "E046 W010",
    "3.7: a directory that is not there has no inventory to be missed",
    draft=same_files_later,
)(last(lambda root: shutil.rmtree(root / "v2")))
case("E046 E046_root_not_most_recent")(file("v4/content/x.txt"))
case("E047 a version as a list", "E107", "E048 E107 W007", "3.5.3: each value must be an object")(
    value("versions", "v3", to=[])
)
case("E048 E048_no_created")(without("versions", "v3", "created"))
case("E048 no state", "E107")(without("versions", "v3", "state"))
case("E049 E049_created_no_timezone")(value("versions", "v3", "created", to="2020-01-03T12:00:00"))
case("E049 E049_created_not_to_seconds")(value("versions", "v3", "created", to="2020-01-03T12:00Z"))
case("E049 no such day")(value("versions", "v3", "created", to="2020-02-30T12:00:00Z"))
case("E049 no text")(value("versions", "v3", "created", to=2020))


@case("E050 E050_file_in_state_not_in_manifest")
def unknown_digest(draft: Draft) -> None:
    draft.root["versions"]["v3"]["state"][digest_of(b"nowhere")] = ["e.txt"]


@case("E050 E050_manifest_digest_wrong_case")
def other_letters(draft: Draft) -> None:
    draft.root["manifest"][THREE.upper()] = draft.root["manifest"].pop(THREE)


case("E050 a state as a list", "E107")(value("versions", "v3", "state", to=[]))
case("E050 a path alone", "", "E050 E107", "3.5.2: the digest is a key of a state block")(
    value("versions", "v3", "state", THREE, to="d.txt")
)
case("E050 a digest of no path")(value("versions", "v3", "state", digest_of(b"nowhere"), to=[]))
case("E051 a path that is a number", "", None, "3.5.3.1: a path is a text")(state_path(7))
case("E052 two full stops")(state_path("../d.txt"))
case("E052 an empty element")(state_path("dir//d.txt"))
case("E052 an empty path")(state_path(""))
case("E053 E053_E052_invalid_logical_paths")(state_path("/d.txt"))
case("E053 at the end")(state_path("d/"))
case("E054 no name")(without("versions", "v3", "user", "name"))
case("E054 a user as a text")(value("versions", "v3", "user", to="Åsa"))
case("E054 an address that is a list")(value("versions", "v3", "user", "address", to=[]))
case("E055 another spelling", "E102", "", "3.5.4: must have the key fixity")(
    lambda draft: draft.root.update(Fixity=draft.root.pop("fixity"))
)
case("E056 an algorithm that there is not", "E026", "E056")(value("fixity", "sha3", to={}))
case("E056 no object", draft=old)(value("fixity", to=[]))
case("E057 no object for an algorithm")(value("fixity", "md5", to=[]))
case("E057 no list of paths")(value("fixity", "md5", digest_of(b"three", "md5"), to="v3/content/d.txt"))
case("E057 a file that is not in the manifest")(value("fixity", "md5", digest_of(b"three", "md5"), to=["v3/content/q"]))
case("E057 no digest")(value("fixity", "md5", "abc", to=["v3/content/d.txt"]))
case("E058 E058_no_sidecar")(gone("inventory.json.sha512"))
case("E058 in a version")(gone("v1/inventory.json.sha512"))
case("E059 a sidecar of another algorithm", "E058", "E015 E058", "3.6: must match digestAlgorithm")(
    last(lambda root: (root / "v1/inventory.json.sha512").rename(root / "v1/inventory.json.sha256"))
)
case("E060 E060_E064_root_inventory_digest_mismatch")(
    overwritten("inventory.json.sha512", b"0" * 128 + b" inventory.json\n")
)
case("E060 E060_version_inventory_digest_mismatch")(
    overwritten("v1/inventory.json.sha512", b"0" * 128 + b" inventory.json\n")
)
case("E061 E061_invalid_sidecar")(overwritten("inventory.json.sha512", b"0" * 128))
case("E061 another name")(overwritten("inventory.json.sha512", b"0" * 128 + b" minutes.json\n"))
case("E063 E063_no_inv")(gone("inventory.json"))


@case("E064 E064_different_root_and_latest_inventories", "W011", "E064")
def differ(draft: Draft) -> None:
    draft.own("v3")["versions"]["v3"]["message"] = "Another"


@case("E066 E066_inconsistent_version_state")
def other_state(draft: Draft) -> None:
    draft.own("v1")["versions"]["v1"]["state"][ONE] = ["other.txt"]


@case("E066 E066_algorithm_change_state_mismatch", "W004")
def algorithm_and_state(draft: Draft) -> None:
    changed_algorithm(draft)
    draft.inventories["v1"]["versions"]["v1"]["state"][digest_of(b"one", "sha256")] = ["other.txt"]


@case("E066 E066_E092_old_manifest_digest_incorrect", "E092")
def old_digest(draft: Draft) -> None:
    first = draft.own("v1")
    for block in (first["manifest"], first["versions"]["v1"]["state"]):
        block["0" * 128] = block.pop(ONE)


case("E067 E067_file_in_extensions_dir")(file("extensions/file.txt"))
case("E082 an object in an object", "E001", "E001", "4.3: the terminal resource of a hierarchy")(
    file("other/0=ocfl_object_1.1", b"ocfl_object_1.1\n")
)
case("E089 a pipe", "", "E023", "4.6: only regular files are content")(
    last(lambda root: os.mkfifo(root / "v1/content/pipe"))
)
case("E090 a symbolic link", "", "E023", "4.6: links must not be used")(
    last(lambda root: (root / "v1/content/link").symlink_to("a.txt"))
)
case("E090 a link to a folder above", "", "E023", "4.6: links must not be used")(
    last(lambda root: (root / "v1/content/link").symlink_to("../.."))
)
case("E090 a hard link", "E092 E093", "E092 E093", "4.6: links must not be used")(
    last(
        lambda root: (
            (root / "v3/content/d.txt").unlink(),
            (root / "v3/content/d.txt").hardlink_to(root / "v1/content/a.txt"),
        )
    )
)
case("E092 E092_content_file_digest_mismatch", "E093")(overwritten("v1/content/a.txt", b"two"))
case("E092 E092_E093_content_path_does_not_exist", "E093 W003")(gone("v3/content/d.txt"))
case("E092 no list", "E023 E057", "E050 E057 E092", "3.5.2: the digest is in the manifest, its paths are not")(
    value("manifest", THREE, to="v3/content/d.txt")
)
case("E092 no file", "W003", "E050", "3.5.2: an array containing the content paths")(
    both(value("manifest", THREE, to=[]), without("fixity"), gone("v3/content/d.txt"))
)
case("E093 E093_fixity_digest_mismatch")(
    value("fixity", "md5", to={digest_of(b"another", "md5"): ["v3/content/d.txt"]})
)


@case("E093 in an earlier inventory")
def earlier_fixity(draft: Draft) -> None:
    draft.own("v1")["fixity"]["sha1"] = {"0" * 40: ["v1/content/a.txt"]}


case("E094 E094_message_not_a_string")(value("versions", "v3", "message", to=["why"]))
case("E095 E095_non_unique_logical_paths")(value("versions", "v3", "state", THREE, to=["a.txt"]))
case("E095 E095_conflicting_logical_paths")(value("versions", "v3", "state", THREE, to=["a.txt/d.txt"]))


@case("E096 E096_manifest_repeated_digest")
def repeated(draft: Draft) -> None:
    draft.root["manifest"][THREE.upper()] = ["v3/content/d2.txt"]
    draft.files["v3/content/d2.txt"] = b"three"


@case("E097 E097_fixity_repeated_digest")
def repeated_fixity(draft: Draft) -> None:
    md5 = digest_of(b"three", "md5")
    draft.root["fixity"]["md5"] = {md5: ["v3/content/d.txt"], md5.upper(): ["v3/content/d.txt"]}


case("E098 a path that is a number", "E023 E092", None, "3.5.2: a path is a text")(manifest_path(7))
case("E099 E099_bad_content_path_elements", "E023 E092", "E099")(manifest_path("v3/content/../d.txt"))
case("E100 E100_E099_manifest_invalid_content_paths", "E023 E042 E092", "E100")(manifest_path("/v3/content/d.txt"))
case("E100 E100_E099_fixity_invalid_content_paths", "E057 E099", "E057", "3.5.4: content paths, as in the manifest")(
    value("fixity", "md5", digest_of(b"three", "md5"), to=["/v3/content/../d.txt"])
)
case("E101 E101_non_unique_content_paths")(value("manifest", THREE, to=["v3/content/d.txt", "v3/content/d.txt"]))
case("E101 a file and a folder", "E092", "E101")(
    value("manifest", THREE, to=["v3/content/d.txt", "v3/content/d.txt/e.txt"])
)
case("E102 a key", "", "", "3.5: must not contain other keys")(value("extra", to=1))
case("E102 a key of a version", "", "", "3.5: must not contain other keys")(value("versions", "v3", "extra", to=1))
case("E102 a key of a user", "", "", "3.5: must not contain other keys", draft=old)(
    value("versions", "v3", "user", "extra", to="1")
)


@case("E103 the newest follows an older specification")
def older(draft: Draft) -> None:
    draft.inventories["v2"] = draft.own("v2")
    draft.inventories["v2"]["type"] = "https://ocfl.io/1.0/spec/#inventory"


case("E104 no v", "E046", "E010", "3.3: prepending v")(value("versions", "4", to={}))
case("E105 no number", "E046", "E010", "3.3: positive integers")(value("versions", "vx", to={}))
case("E105 zero", "E046", "E010", "3.3: positive integers")(value("versions", "v0", to={}))
case("E106 a manifest as a list", "E023 E050 E057", "E041 E050 E057 E066", "3.5.2: must be a JSON object")(
    value("manifest", to=[])
)


@case("E107 E107_file_in_manifest_not_used")
def unused(draft: Draft) -> None:
    del draft.root["versions"]["v3"]["state"][THREE]


case("E108 no direct child", "E017", "E017", "3.3.1: a direct child")(value("contentDirectory", to="a/b"))
case("E110 the identifier changes", "E037", "E037", "3.5.1: must not change")(
    lambda draft: draft.own("v1").update(id="info:example/other")
)
case("E111 E111_fixity_not_object")(value("fixity", to=[]))
