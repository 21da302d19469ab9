"""The judge of OCFL before what was damaged at random or made to hurt: it ends, says what is wrong, and never falls."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ocfl_drafts import LAYOUT, Draft, digest_of, honest_object, honest_root, place_of

from signflow.archive.ocfl_validation import strict_json
from signflow.archive.ocfl_validation.findings import MOST_OF_A_CODE, OcflReport
from signflow.archive.ocfl_validation.layouts import object_path
from signflow.archive.ocfl_validation.paths import conflicts
from signflow.archive.ocfl_validation.validate import validate_ocfl

OBJECT = honest_object()
ROOT = honest_root(ids=["info:example/1"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
PATHS = st.sampled_from(
    ["/", "", "..", "v1", "v1/content/a.txt", "v1/content", "\ud800", "\0", "a" * 5000, "v1/content/../a"]
)


def codes_of(report: OcflReport) -> set[str]:
    return {finding.code for finding in report.findings}


def names_of(draft: Draft) -> list[str]:
    return sorted({**draft.files, **draft.inventory_files()})


# --- damage at random


@given(st.sampled_from(names_of(OBJECT)), st.integers(0, 10_000), st.integers(0, 255))
def test_one_other_byte_is_found(name: str, place: int, byte: int) -> None:
    with TemporaryDirectory() as scratch:
        folder = OBJECT.write(Path(scratch) / "object")
        content = bytearray((folder / name).read_bytes() or b"?")
        content[place % len(content)] = byte
        is_same = bytes(content) == (folder / name).read_bytes()
        (folder / name).write_bytes(content)
        report = validate_ocfl(folder)
    if not name.endswith(".sha512"):  # a digest may be written in capitals, and followed by a tab
        assert report.is_valid == is_same
    assert report.unjudged == ()


@given(st.sampled_from(names_of(ROOT)), st.integers(0, 10_000), st.binary(max_size=3))
def test_other_bytes_in_a_root_never_make_it_fall(name: str, place: int, some: bytes) -> None:
    with TemporaryDirectory() as scratch:
        folder = ROOT.write(Path(scratch) / "root")
        content = (folder / name).read_bytes()
        place %= len(content) + 1
        (folder / name).write_bytes(content[:place] + some + content[place + 1 :])
        report = validate_ocfl(folder)
        if "/v" in name and "/content/" in name:
            assert report.is_valid == ((folder / name).read_bytes() == content)


ENTRIES: dict[str, Callable[[Path], object]] = {
    "gone": lambda path: shutil.rmtree(path) if path.is_dir() else path.unlink(),
    "empty": lambda path: path.is_file() and path.write_bytes(b""),
    "renamed": lambda path: path.rename(path.with_name("elsewhere")),
    "a folder": lambda path: path.is_file() and (path.unlink(), path.mkdir()),
    "a file": lambda path: path.is_dir() and (shutil.rmtree(path), path.write_bytes(b"x")),
    "a link": lambda path: (path.rename(path.with_name("elsewhere")), path.symlink_to("elsewhere")),
    "a link to itself": lambda path: (path.rename(path.with_name("elsewhere")), path.symlink_to(path.name)),
    "a pipe": lambda path: (path.rename(path.with_name("elsewhere")), os.mkfifo(path)),
    "beside it": lambda path: path.with_name(path.name + "2").write_bytes(b"x"),
    "not UTF-8": lambda path: path.with_name(os.fsdecode(b"\xff")).write_bytes(b"x"),
}


@pytest.mark.parametrize("draft", [OBJECT, ROOT], ids=["object", "root"])
@pytest.mark.parametrize("change", ENTRIES)
def test_one_other_entry_never_makes_it_fall_and_is_found(draft: Draft, change: str, tmp_path: Path) -> None:
    folder = draft.write(tmp_path / "honest")
    places = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    for number, place in enumerate(places):
        one = tmp_path / str(number)
        shutil.copytree(folder, one)
        before = sorted(one.rglob("*"))
        was_empty = (one / place).is_file() and not (one / place).stat().st_size
        ENTRIES[change](one / place)
        report = validate_ocfl(one)
        if sorted(one.rglob("*")) != before or (change == "empty" and (one / place).is_file() and not was_empty):
            assert report.findings or report.unjudged or _is_free(place, change), place
        if "content" in place.parts and place.name != "content" and not was_empty and change in {"gone", "renamed"}:
            assert not report.is_valid
        shutil.rmtree(one)


def _is_free(place: Path, change: str) -> bool:
    """What a storage root may have or lack: any file or object, a layout, a configuration."""
    is_at_top = len(place.parts) == 1 and change in {"beside it", "not UTF-8", "gone", "a file"}
    return is_at_top or place.parts[0] in {"ocfl_layout.json", "extensions"}


def told_by(draft: Draft) -> str:
    """All that its inventories say, but for the digests that a file may have besides."""
    return json.dumps([{**inventory, "fixity": None} for inventory in draft.inventories.values()], sort_keys=True)


@given(st.data())
def test_whatever_stands_in_an_inventory_it_never_falls(data: st.DataObject) -> None:
    draft = honest_object()
    folder = data.draw(st.sampled_from(["", "v1", "v2"]))
    block: Any = draft.own(folder)
    while True:
        key = data.draw(st.sampled_from(sorted(block) if isinstance(block, dict) else list(range(len(block)))))
        inner = block[key]
        if not inner or not isinstance(inner, (dict, list)) or data.draw(st.booleans()):
            break
        block = inner
    value = data.draw(JSON | PATHS)
    if isinstance(block, dict) and data.draw(st.booleans()):
        cast("dict[str, Any]", block)[data.draw(PATHS | st.text(max_size=9))] = value
    else:
        block[key] = value
    with TemporaryDirectory() as scratch:
        report = validate_ocfl(draft.write(Path(scratch) / "object"))
    assert report.unjudged == ()
    assert report.findings or told_by(draft) == told_by(OBJECT)


@given(st.sampled_from(["ocfl_layout.json", f"extensions/{LAYOUT}/config.json"]), JSON | st.binary())
def test_whatever_a_root_says_of_its_layout_it_never_falls(name: str, value: object) -> None:
    draft = honest_root(ids=["info:example/1"])
    draft.files[name] = value if isinstance(value, bytes) else json.dumps(value).encode()
    with TemporaryDirectory() as scratch:
        validate_ocfl(draft.write(Path(scratch) / "root"))


@given(st.sampled_from(["tupleSize", "numberOfTuples", "digestAlgorithm", "shortObjectRoot"]), JSON, st.text())
def test_whatever_a_layout_is_configured_to_an_object_has_a_place_or_none(key: str, value: object, name: str) -> None:
    for layout in (LAYOUT, "0004-hashed-n-tuple-storage-layout", "0002-flat-direct-storage-layout"):
        assert isinstance(object_path(name, layout, {key: value}), str | None)
        assert object_path(f"{name}\ud800", layout, {})


@given(st.lists(st.text("ab/\0\1.", max_size=6)))
def test_conflicts_are_those_that_a_slow_search_finds(paths: list[str]) -> None:
    slow = {
        one
        for place, one in enumerate(paths)
        for other_place, other in enumerate(paths)
        if place != other_place and (one == other or other.startswith(f"{one}/"))
    }
    assert set(conflicts(paths)) == slow


# --- made to hurt


def with_inventory(folder: Path, data: bytes) -> Path:
    """Another inventory, beside the digest that it has."""
    (folder / "inventory.json").write_bytes(data)
    (folder / "inventory.json.sha512").write_text(f"{digest_of(data)} inventory.json\n")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return OBJECT.write(tmp_path / "object")


def test_an_inventory_that_is_too_large_is_not_read(folder: Path) -> None:
    with (folder / "inventory.json").open("r+b") as file:
        file.truncate(strict_json.LARGEST_BYTES + 1)
    report = validate_ocfl(folder)
    assert [(one.path, one.reason) for one in report.unjudged] == [("inventory.json", "")]
    assert not report.is_valid


@pytest.mark.parametrize("part", [b"[],", b"{},", b"1,"])
def test_an_inventory_of_too_many_parts_is_not_read(folder: Path, part: bytes) -> None:
    report = validate_ocfl(with_inventory(folder, b"[" + part * (strict_json.MOST_MARKS // len(part) * 2) + b"1]"))
    assert [(one.path, one.reason) for one in report.unjudged] == [("inventory.json", "")]
    assert not report.is_valid


@pytest.mark.parametrize("opening", [b"[", b'{"versions":', b'{"id":['])
def test_an_inventory_that_is_nested_deep_is_none(folder: Path, opening: bytes) -> None:
    assert codes_of(validate_ocfl(with_inventory(folder, opening * 300_000))) == {"E033"}


@pytest.mark.parametrize("depth", [10, 200, 900])
def test_a_value_that_is_nested_deep_is_wrong_where_it_stands(folder: Path, depth: int) -> None:
    data = (folder / "inventory.json").read_bytes().replace(b'"Version 3"', b'{"a":' * depth + b"1" + b"}" * depth)
    assert "E094" in codes_of(validate_ocfl(with_inventory(folder, data)))


def test_a_number_of_many_figures_is_no_inventory(folder: Path) -> None:
    data = (folder / "inventory.json").read_bytes().replace(b'"Version 3"', b"9" * 100_000)
    assert codes_of(validate_ocfl(with_inventory(folder, data))) == {"E033"}


def test_a_hundred_thousand_names_in_an_inventory_are_counted(folder: Path) -> None:
    inventory = json.loads((folder / "inventory.json").read_text())
    inventory["manifest"] |= {digest_of(b"%d" % number): [f"v1/content/{number}"] for number in range(100_000)}
    report = validate_ocfl(with_inventory(folder, json.dumps(inventory).encode()))
    assert report.more == {"E092": 100_000 - MOST_OF_A_CODE, "E107": 100_000 - MOST_OF_A_CODE}
    assert len(report.findings) == 2 * MOST_OF_A_CODE + 1  # and E064


def test_a_hundred_thousand_entries_on_the_disk_are_counted(folder: Path) -> None:
    for number in range(50_000):
        os.close(os.open(folder / "v1/content" / str(number), os.O_CREAT | os.O_WRONLY))
        (folder / "v1/content/dir" / str(number)).mkdir()
    report = validate_ocfl(folder)
    assert report.more == {"E023": 50_000 - MOST_OF_A_CODE, "E024": 50_000 - MOST_OF_A_CODE}


@pytest.fixture
def deep(folder: Path) -> Iterator[Path]:
    """An object with folders deeper than a path can say; taken apart from the top, as few programs can remove them."""
    here = os.open(folder / "v1", os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("deep", dir_fd=here)
        below = os.open("deep", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    yield folder
    top, rest = folder / "v1/deep", folder / "v1/rest"
    while (top / "deep").exists():
        (top / "deep").rename(rest)
        top.rmdir()
        rest.rename(top)


def test_folders_deeper_than_a_path_can_be_are_told(deep: Path) -> None:
    report = validate_ocfl(deep)
    assert len(report.unjudged) == 1
    assert codes_of(report) == {"W002"}


def test_a_pipe_where_a_file_is_read_keeps_nobody_waiting(tmp_path: Path) -> None:
    root = ROOT.write(tmp_path / "root")
    place = root / place_of("info:example/1")
    for path in (
        root / "ocfl_layout.json",
        root / f"extensions/{LAYOUT}/config.json",
        place / "inventory.json.sha512",
        place / "v1/inventory.json",
        place / "v1/content/a.txt",
    ):
        path.unlink()
        os.mkfifo(path)
    report = validate_ocfl(root)
    assert {"E089", "E058", "E092"} <= codes_of(report)
    (root / "0=ocfl_1.1").unlink()
    os.mkfifo(root / "0=ocfl_1.1")
    assert "E069" in codes_of(validate_ocfl(root))


def test_links_are_not_followed_out_of_the_folder(tmp_path: Path, folder: Path) -> None:
    secret = tmp_path / "secret"
    (folder / "v1").rename(secret)
    (folder / "v1").symlink_to(secret)
    report = validate_ocfl(folder)
    assert {"E046", "E090", "E092"} <= codes_of(report)
