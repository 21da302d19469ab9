"""`docs/exit.md` does what it says: its commands are run in order on the archive of a real round, with only the programs
that it names, and what they print is compared with what stands there. A fault anywhere ends the walk, or is seen in it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.archive_samples import sample_package
from judges import tool
from life import Life
from signflow.rounds.model import State
from signflow.steps.anchor_audit import anchor_audit
from signflow.steps.renew_evidence import renew_evidence

PAGE = (Path(__file__).parents[2] / "docs" / "exit.md").read_text("utf-8")
PROGRAMS = re.findall(r"[\w]+", re.findall(r"^    (openssl .*)$", PAGE, re.MULTILINE)[0])
_BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
_MARK = "== block =="
pytestmark = [pytest.mark.oracle("openssl"), pytest.mark.oracle("qpdf")]


@dataclass(frozen=True)
class Block:
    """Commands, and what they print."""

    heading: str
    commands: str
    promised: str


def read_blocks() -> list[Block]:
    found: list[Block] = []
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        heading = part.splitlines()[0]
        found += [Block(heading, commands, promised or "") for commands, promised in _BLOCK.findall(part)]
    return found


BLOCKS = read_blocks()


def walk(folder: Path, before: Mapping[str, str] | None = None) -> list[str]:
    """What each block prints, up to the one that ends with a failure; first under each of these headings a command is run."""
    programs = folder / "programs"
    programs.mkdir()
    for name in PROGRAMS:
        (programs / name).symlink_to(tool(name))
    planted = dict(before or {})
    script = "".join(f"echo '{_MARK}'\n{planted.pop(one.heading, '')}\n{one.commands}" for one in BLOCKS)
    assert not planted
    place = folder / "desk"
    done = subprocess.run(
        [tool("bash"), "-c", script], cwd=place, env={"PATH": str(programs)}, capture_output=True, check=False
    )
    (folder / "stderr").write_bytes(done.stderr)
    return [part.lstrip("\n") for part in done.stdout.decode().split(_MARK)[1:]]


def is_as_promised(printed: str, promised: str) -> bool:
    """Whether it is the same but for what stands as `…`."""
    return re.fullmatch(re.escape(promised).replace("…", ".+"), printed) is not None


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, sample: bytes) -> Path:
    """What an archivist has: storage root, anchors, roots. In the archive are other documents too."""
    folder = tmp_path_factory.mktemp("exit")
    with Life(folder / "data") as life:
        document = life.drop(sample)
        life.sign("anna@example.org")
        today = life.ports.clock().date()
        anchor_audit(life.ports, today - dt.timedelta(days=1))
        life.sign("helene@example.org")
        assert life.load(document).state is State.ARCHIVED
        for seed in range(4):
            life.ports.archive.ingest(sample_package(seed), now=life.ports.clock())
        anchor_audit(life.ports, today)
        assert renew_evidence(life.ports).covered == 5
        desk = folder / "desk"
        shutil.copytree(life.settings.data / "archive", desk / "archive")
        shutil.copytree(life.settings.data / "audit" / "anchors", desk / "anchors")
        (desk / "root.pem").write_bytes(life.ports.authority.root_pem)
        (desk / "tsa-root.pem").write_bytes(life.ports.authority.tsa_root_pem)
    return desk


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    desk = tmp_path / "desk"
    shutil.copytree(kept, desk)
    for one in desk.rglob("*"):
        one.chmod(one.stat().st_mode | stat.S_IWUSR)  # what is archived is read-only; a forger does not mind
    return tmp_path


def test_every_command_prints_what_the_page_says(folder: Path) -> None:
    printed = walk(folder)
    wrong = [
        (block.heading, said, block.promised)
        for block, said in zip(BLOCKS, printed, strict=False)
        if not is_as_promised(said, block.promised)
    ]
    assert wrong == [], (folder / "stderr").read_text("utf-8")
    assert len(printed) == len(BLOCKS) > 12, (folder / "stderr").read_text("utf-8")


FAULTS = {
    "a file in the package": ("2.", "echo >> $object/v1/content/METS.xml", "2."),
    "a new inventory": ("2.", "sed -i 's/v1.content.METS/v1\\/content\\/METZ/' $object/inventory.json", "2."),
    "a byte of the pages": ("4.", "sed -i '1s/1.7/1.6/' 4.signed", "4."),
    "another's time": ("4.", "cat root.pem > tsa-root.pem", "4."),
    "a timestamp of another signature": ("4.", "cp 2.cms 1.cms", "5."),
    "what was signed": ("5.", "sed -i '1s/1.7/1.6/' 1.signed", "5."),
    "another root": ("5.", "cat tsa-root.pem > root.pem", "5."),
    "no revocation lists": ("5.", "qpdf() { command qpdf \"$@\" | sed 's/CRLs/None/'; }", "5."),
    "the evidence of who signed": ("6.", "sed -i s/Anna/Anne/ $aip/metadata/other/evidence/secretary.json", "6."),
    "what the token says": ("7.", "sed -i 's/[.]eyJ/.eyK/' $aip/metadata/other/evidence/validation-token.jwt", "7."),
    "a token of another file": ("7.", "echo >> 2.signed", "7."),
    "a proven file": ("8.", "echo >> $aip/METS.xml", "8."),
    "another leaf of the tree": (
        "8.",
        "f=$(echo archive/*/*/*/*-evidence*/v1/content/tree-1.bin); echo abc | xxd -r -p - $f",
        "8.",
    ),
    "a history rewritten": ("9.", "sed -i s/Anna/Anne/ $aip/metadata/other/history/history.json", "9."),
    "an anchor rewritten": ("9.", 'sed -i \'s/"seq":/"seq":1/\' anchors/*.json', "9."),
    "an anchor taken away": ("9.", "set -- anchors/*.json; mv $1 gone", "9."),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_changed_is_seen_where_the_page_looks_for_it(fault: str, folder: Path) -> None:
    planted_at, command, seen_at = FAULTS[fault]
    heading = next(one.heading for one in BLOCKS if one.heading.startswith(planted_at))
    printed = walk(folder, {heading: command})
    said = [is_as_promised(*pair) for pair in zip(printed, [one.promised for one in BLOCKS], strict=False)]
    first_wrong = next((number for number, right in enumerate(said) if not right), len(said) - 1)
    assert not all(said) or len(said) < len(BLOCKS), "the walk saw nothing"
    assert BLOCKS[first_wrong].heading.startswith(seen_at), (folder / "stderr").read_text("utf-8")
