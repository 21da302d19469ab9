"""The documents and the `--help` pages say what is true: every command, option, setting and commit point, and no dead link."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from help_pages import command_names, golden_name, help_page, options_of
from settings_table import with_table

from judges import VERAPDF
from signflow.crashpoints import CommitPoint
from signflow.minutes.model import Role
from signflow.rounds.model import State
from signflow.rounds.work import WorkKind

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GOLDEN = Path(__file__).parent / "golden"
COMMANDS = list(command_names())
PAGES = [
    file
    for file in (*ROOT.glob("*.md"), *DOCS.rglob("*.md"))
    if file.name in {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} or DOCS in file.parents
]
GROUPS = {name.split()[0] for name in COMMANDS if " " in name}
_CODE = re.compile(r"`([^`\n]+)`")


def section(document: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", document, re.MULTILINE | re.DOTALL)
    assert found, f"no section {heading!r}"
    return found[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_as_it_was_looked_at(name: str) -> None:
    assert help_page(name) == (GOLDEN / golden_name(name)).read_text("utf-8")


def test_no_golden_page_is_left_of_a_command_that_is_gone() -> None:
    assert {file.name for file in GOLDEN.iterdir()} == {golden_name(name) for name in COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented_and_no_other(name: str) -> None:
    document = (DOCS / "cli.md").read_text("utf-8")
    if not name:
        documented = set(_CODE.findall(section(document, "## Everywhere")))
        assert {option for option in documented if option.startswith("--")} >= options_of("")
        return
    text = section(document, f"### `signflow {name}`") if name not in GROUPS else document
    mentioned = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", text))
    assert mentioned >= options_of(name) - {"--help", "--json", "--language"}
    if name not in GROUPS:
        assert mentioned <= options_of(name) | {"--debug"}


def test_every_setting_is_documented() -> None:
    document = (DOCS / "settings.md").read_text("utf-8")
    assert document == with_table(document), "run `make golden`"


def test_the_architecture_names_every_commit_point_in_order() -> None:
    text = section((DOCS / "architecture.md").read_text("utf-8"), "## Commit points")
    assert re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE) == [str(point) for point in CommitPoint]


def test_the_architecture_names_every_room_and_state_and_flow() -> None:
    document = (DOCS / "architecture.md").read_text("utf-8")
    source = ROOT / "src" / "signflow"
    rooms = {f"{path.name}/" for path in source.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    files = {path.name for path in source.glob("*.py") if path.name != "__init__.py"}
    drawn = section(document, "## Rooms")
    assert sorted(one for one in rooms | files if one not in drawn) == []
    assert sorted(one for one in (*State, *WorkKind) if f"`{one}`" not in document) == []


def test_the_vocabulary_has_every_role() -> None:
    document = (DOCS / "vocabulary.md").read_text("utf-8")
    assert [str(role) for role in Role if f"| {role} |" not in document] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|mailto:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_module_that_is_named_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    named = set(re.findall(r"`((?:src/signflow|tests|flows|templates|deploy|docs)/[\w./-]+?)`", text))
    assert sorted(one for one in named if not (ROOT / one).exists()) == []


def test_every_test_that_the_conformance_tables_name_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (DOCS / "conformance.md").read_text("utf-8")))
    written = {
        found
        for file in (ROOT / "tests").rglob("test_*.py")
        for found in (file.stem, *re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE))
    }
    assert len(named) > 30
    assert sorted(named - written) == []


@pytest.mark.oracle("verapdf")
@pytest.mark.parametrize(
    ("heading", "profile"),
    [("## PDF/A-2a: ISO 19005-2:2011", "PDFA-2A"), ("## PDF/UA-1: ISO 14289-1:2014", "PDFUA-1")],
)
def test_every_clause_that_verapdf_judges_has_its_row(heading: str, profile: str) -> None:
    core = next(VERAPDF.glob("core-*.jar"), None)
    if core is None:
        pytest.skip("veraPDF is not installed")
    rules = ET.fromstring(zipfile.ZipFile(core).read(f"org/verapdf/pdfa/validation/{profile}.xml"))  # noqa: S314 -- the judge's own
    judged = [rule.attrib["clause"] for rule in rules.findall(".//{*}rule/{*}id")]
    rows = re.findall(r"^\| (.*?) \|", section((DOCS / "conformance.md").read_text("utf-8"), heading), re.MULTILINE)
    named = {clause for row in rows for clause in re.findall(r"\b\d+(?:\.\d+)*\b", row)}
    assert sorted(set(judged) - named) == []
    assert f"{len(judged)} " in section(
        (DOCS / "conformance.md").read_text("utf-8"), "## The judge of PDF/A-2a and PDF/UA-1"
    )


def test_the_matterhorn_protocol_is_counted_whole() -> None:
    text = section((DOCS / "conformance.md").read_text("utf-8"), "### The Matterhorn Protocol 1.1")
    rows = [
        [int(cell) for cell in row]
        for row in re.findall(r"^\| (\d\d) .*?\| (\d+) \| (\d+) \| (\d+) \|", text, re.MULTILINE)
    ]
    assert [number for number, *_ in rows] == list(range(1, 32))
    totals = [sum(column) for column in zip(*rows, strict=True)][1:]
    assert totals == [int(count) for count in re.findall(r": (\d+) that .* (\d+) that .* (\d+)\s+without", text)[0]]
    assert f"{sum(totals)} failure conditions" in text


def test_every_make_target_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {target for page in PAGES for target in re.findall(r"`make ([a-z]+)", page.read_text("utf-8"))}
    assert sorted(named - targets) == []


@pytest.mark.parametrize("record", sorted((DOCS / "adr").glob("*.md")), ids=lambda record: record.stem)
def test_a_decision_has_options_and_a_price(record: Path) -> None:
    text = record.read_text("utf-8")
    assert len(re.findall(r"^- ", section(text, "## Options"), re.MULTILINE)) >= 2
    assert re.search(r"^- Bad: ", section(text, "## Consequences"), re.MULTILINE)


def test_the_changelog_has_what_is_not_released() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert section(text, "## [Unreleased]").strip() or f"## [{version}]" in text
