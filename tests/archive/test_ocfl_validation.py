"""The judge of OCFL: each code shown by one damage, each beside what ocfl-py says; what is honest has no remark."""

from __future__ import annotations

import re
from pathlib import Path

import ocfl_folder_cases
import ocfl_inventory_cases
import ocfl_root_cases
import pytest
from archive_samples import LATER, NOW, TEMPLATES, sample_files, sample_package
from ocfl_damage import CASES, Case
from ocfl_drafts import Draft, digest_of, honest_object, honest_root
from ocfl_oracle import object_codes, root_codes

import signflow.archive.ocfl_validation
from signflow.archive.archive import Archive
from signflow.archive.ocfl_validation.findings import ONLY_IN_1_0, ONLY_IN_1_1, Kind, OcflReport
from signflow.archive.ocfl_validation.objects import ObjectValidation
from signflow.archive.ocfl_validation.validate import validate_ocfl
from signflow.texts import LANGUAGES, Language, Texts

TABLES = (ocfl_folder_cases, ocfl_inventory_cases, ocfl_root_cases)
ROOT = Path(__file__).parents[2]
ERRORS = {f"E{number:03}" for number in range(1, 113)} - {"E065", "E109"}
WARNINGS = {f"W{number:03}" for number in range(1, 17)} - {"W006"}
"""All that 1.0 and 1.1 have; the numbers that are left out were never given, or were taken back before 1.0."""
EMPTY = "E008 E003_E063_empty"


def codes_of(report: OcflReport) -> set[str]:
    return {finding.code for finding in report.findings}


def judged(case: Case, folder: Path) -> set[str]:
    """What we say of the damaged one."""
    if case.name == EMPTY:  # an empty folder does not say what it was to be
        return {finding.code for finding in ObjectValidation(folder).findings.in_order()}
    report = validate_ocfl(folder)
    assert report.unjudged == ()
    assert report.more == {}
    unknown = ONLY_IN_1_1 if report.version == "1.0" else ONLY_IN_1_0
    assert not codes_of(report) & unknown
    return codes_of(report)


def written(case: Case, folder: Path) -> Path:
    draft = case.draft()
    case.damage(draft)
    return draft.write(folder / "damaged")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_damage_is_told_by_its_codes(case: Case, tmp_path: Path) -> None:
    assert judged(case, written(case, tmp_path)) == case.ours


@pytest.mark.oracle("ocfl-py")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_judge_that_others_wrote_says_the_same_or_a_clause_says_why(case: Case, tmp_path: Path) -> None:
    folder = written(case, tmp_path)
    is_root = any(name.startswith("0=ocfl_1") for name in case.draft().files)
    theirs = root_codes(folder) if is_root else object_codes(folder)
    assert theirs == case.theirs
    agrees = theirs is not None and case.code in theirs and theirs <= case.ours
    assert agrees == (not case.clause)


@pytest.mark.parametrize("draft", {case.draft for case in CASES}, ids=lambda draft: draft.__name__)
def test_what_is_damaged_was_honest(draft: object, tmp_path: Path) -> None:
    """So that every code above comes of the damage alone; drafts with a warning of their own are cases themselves."""
    assert callable(draft)
    one = draft()
    assert isinstance(one, Draft)
    report = validate_ocfl(one.write(tmp_path / "honest"))
    assert {code for code in codes_of(report) if code.startswith("E")} <= {"E011", "E013"}


def test_every_code_that_can_be_observed_is_shown_and_every_other_is_listed_with_its_reason() -> None:
    source = Path(signflow.archive.ocfl_validation.__file__).parent
    assert all(table.__doc__ for table in TABLES)
    found = {code for file in source.glob("*.py") for code in re.findall(r'"([EW][0-9]{3})"', file.read_text("utf-8"))}
    shown = {case.code for case in CASES}
    text = (ROOT / "docs/ocfl.md").read_text("utf-8")
    listed = set(re.findall(r"^\| ([EW][0-9]{3}) \| [^|]{20,} \|$", text, re.MULTILINE))
    assert found == shown
    assert listed & shown == set()
    assert listed | shown == ERRORS | WARNINGS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentence(language: Language) -> None:
    texts = Texts(TEMPLATES, language)
    known = {key.removeprefix("ocfl.rule.") for key in texts.keys() if key.startswith("ocfl.rule.")}  # noqa: SIM118 -- not a mapping
    assert known == {case.code for case in CASES}


# --- what is honest


def uppercase_digests() -> Draft:
    draft = honest_object(states=[{"a": b"1"}])
    for block in (draft.root["manifest"], draft.root["versions"]["v1"]["state"], draft.root["fixity"]["md5"]):
        for digest in list(block):
            block[digest.upper()] = block.pop(digest)
    return draft


def mixed_specifications() -> Draft:
    draft = honest_object()
    draft.own("v1")["type"] = "https://ocfl.io/1.0/spec/#inventory"
    return draft


def duplicated_content_files() -> Draft:
    """The same bytes stored twice, in one version and in a later one (OCFL 1.1, 3.5.2, note)."""
    draft = honest_object(states=[{"a": b"1"}, {"a": b"1", "b": b"2"}])
    digest = digest_of(b"1")
    draft.own("v1")["manifest"][digest] = ["v1/content/a", "v1/content/copy"]
    draft.root["manifest"][digest] = ["v1/content/a", "v1/content/copy", "v2/content/a"]
    draft.root["fixity"]["md5"][digest_of(b"1", "md5")] = ["v1/content/a", "v2/content/a"]
    draft.files |= {"v1/content/copy": b"1", "v2/content/a": b"1"}
    return draft


def with_logs() -> Draft:
    draft = honest_object()
    draft.files |= {"logs/2020/log.txt": b"checked", "extensions/0005-mutable-head/config.json": b"{}"}
    draft.empty_folders.append("logs/2021")
    return draft


def all_fixity_digests() -> Draft:
    draft = honest_object(states=[{"a": b"1"}])
    path = ["v1/content/a"]
    draft.root["fixity"] |= {
        "size": {"1": path},
        "sha1": {"356a192b7913b04c54574d18c28d46e6395428ab": path},
        "sha256": {"6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b": path},
    }
    return draft


def other_files_in_the_root() -> Draft:
    """OCFL 1.1, 4.1: what a validator does not understand there is none of its business."""
    draft = honest_root()
    draft.files |= {"inventory.json": b"{", "ocfl_1.1.md": b"# OCFL", "1=Somebody": b"", "v1.txt": b"", "a=b": b""}
    return draft


def outside_of_content() -> Draft:
    """OCFL 1.1, 3.3.1: directories beside the content are ignored, but for W002."""
    draft = honest_object()
    draft.files["v1/extra/0=ocfl_object_1.1"] = b"?"
    return draft


GOOD = {
    "minimal_content_dir_called_stuff": honest_object(states=[{"a": b"1"}], content="stuff"),
    "minimal_no_content": honest_object(states=[{}]),
    "minimal_one_version_one_file": honest_object(states=[{"a_file.txt": b"Hello!\n"}]),
    "spec-ex-full": honest_object(),
    "spec-ex-full 1.0": honest_object("1.0"),
    "updates_three_versions_one_file": honest_object(states=[{"a": b"1"}, {"a": b"2"}, {"a": b"3"}]),
    "names that are hard to write": honest_object(states=[{"å ä/ö\\'\"\n.txt": b"1", "...": b"2", ".keep": b""}]),
    "root": honest_root(),
    "root 1.0": honest_root("1.0"),
    "minimal_uppercase_digests": uppercase_digests(),
    "versions of two specifications": mixed_specifications(),
    "logs and extensions": with_logs(),
    "duplicated_content_files": duplicated_content_files(),
    "ocfl_object_all_fixity_digests": all_fixity_digests(),
    "other files in the root": other_files_in_the_root(),
}
THEIR_REMARKS = {
    "logs and extensions": {"W013"},  # 0005 is in the register
    "ocfl_object_all_fixity_digests": {"E056"},  # extension 0009 has `size`
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_honest_has_no_remark(name: str, tmp_path: Path) -> None:
    report = validate_ocfl(GOOD[name].write(tmp_path / "honest"))
    assert report.findings == ()
    assert report.is_valid
    assert report.kind is (Kind.ROOT if "root" in name else Kind.OBJECT)
    assert report.version == ("1.0" if "1.0" in name else "1.1")


def test_what_is_to_be_ignored_is_ignored(tmp_path: Path) -> None:
    assert codes_of(validate_ocfl(outside_of_content().write(tmp_path / "one"))) == {"W002"}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.oracle("ocfl-py")
def test_the_judge_that_others_wrote_has_none_either_but_where_it_knows_less(name: str, tmp_path: Path) -> None:
    folder = GOOD[name].write(tmp_path / "honest")
    assert (root_codes(folder) if "root" in name else object_codes(folder)) == THEIR_REMARKS.get(name, set())


def test_what_signflow_writes_has_no_remark(archive: Archive, root: Path) -> None:
    assert validate_ocfl(root).findings == ()
    for seed in range(3):
        archive.ingest(sample_package(seed), now=NOW)
    place = archive.ingest(sample_package(1, files=sample_files(1, pdf=b"%PDF-1.7 renewed")), now=LATER).object_path
    report = validate_ocfl(root)
    assert (report.findings, report.unjudged, report.objects) == ((), (), 3)
    alone = validate_ocfl(root / place)
    assert (alone.findings, alone.unjudged, alone.kind) == ((), (), Kind.OBJECT)


def test_a_snapshot_made_with_hard_links_is_no_link_within_the_object(tmp_path: Path) -> None:
    folder = honest_object().write(tmp_path / "object")
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        copy = tmp_path / "snapshot" / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.hardlink_to(path)
    assert validate_ocfl(folder).findings == ()
    assert codes_of(validate_ocfl(tmp_path / "snapshot")) == set()
