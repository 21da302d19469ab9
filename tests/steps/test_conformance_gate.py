"""No PDF goes on that is not PDF/A and PDF/UA any more: the work waits where people see it, and the file is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from judges import VERAPDF, tool
from life import Life
from real_minutes import SAMPLE
from signflow.blobs import PDF, BlobRef
from signflow.errors import IntegrityError, SettingsError, UnavailableError
from signflow.rounds.model import State
from signflow.steps.conformance import require_conformance
from signflow.steps.judge import ExternalJudge

_ENDS_WITH = "import sys; sys.exit(int(open(sys.argv[1]).read(1) != '%') or {code})"


def python(code: str) -> str:
    """The command line of a judge."""
    return f'{sys.executable} -c "{code}"'


@pytest.fixture
def copy(life: Life) -> bytes:
    """The signing copy of the sample."""
    document = life.drop(SAMPLE.read_bytes())
    assert document.round
    return life.ports.blobs.get(document.round.copy)


def test_a_sound_file_passes_and_leaves_no_trace(life: Life, copy: bytes) -> None:
    assert require_conformance(life.ports, "one", copy) == {}
    assert require_conformance(life.ports, "one", copy, copy + b"") == {}


def test_a_broken_file_is_refused_by_its_clause_and_kept_once(life: Life, copy: bytes) -> None:
    digests: set[str] = set()
    for broken in (copy.replace(b"/Marked true", b"/Marked null"), copy.replace(b"/Marked true", b"/Marked 1   ")):
        with pytest.raises(IntegrityError) as refused:
            require_conformance(life.ports, "one", broken)
        assert refused.value.code == "pdf-not-conforming"
        assert "ISO 19005-2, 6.7.2.2" in str(refused.value.params["clause"])
        digests.add(str(refused.value.params["digest"]))
    first = copy.replace(b"/Marked true", b"/Marked null")
    assert [life.ports.blobs.get(BlobRef(digest, len(first), PDF)) for digest in digests] == [first]


def test_a_round_waits_while_a_judge_says_no_and_goes_on_when_it_says_yes(tmp_path: Path) -> None:
    said = tmp_path / "verdict"
    said.write_text("1")
    judge = tmp_path / "judge.py"
    judge.write_text(f"import sys\nsys.exit(int(open({str(said)!r}).read()))\n")
    with Life(tmp_path / "data", external_judge=f"{sys.executable} {judge}") as life:
        with pytest.raises(IntegrityError) as refused:
            life.drop(SAMPLE.read_bytes())
        assert refused.value.code == "pdf-refused-by-judge"
        said.write_text("0")
        life.work()
        (one,) = life.ports.store.documents()
        assert one.state is State.REVIEW


def test_a_judges_verdict_is_on_record(tmp_path: Path) -> None:
    with Life(tmp_path / "data", external_judge=python("pass")) as life:
        document = life.drop(SAMPLE.read_bytes())
        made = life.ports.effects.result(f"{document.id}:copy:1:{document.draft.number}")
        assert made
        assert made["judged"] == "conforms"
        assert str(made["judge"]).startswith("python")


@pytest.mark.parametrize(("code", "conforms"), [(0, True), (1, False)])
def test_a_judge_says_yes_or_no_by_its_exit_code(code: int, conforms: bool) -> None:  # noqa: FBT001 - a case
    assert ExternalJudge(python(_ENDS_WITH.format(code=code))).judge(b"%PDF").conforms is conforms


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.exit(7)",
        "import os; os.kill(os.getpid(), 11)",
        "import time; time.sleep(60)",
        "x = [bytes(10**9) for _ in range(9)]",
    ],
)
def test_a_judge_without_a_verdict_is_waited_for(code: str) -> None:
    with pytest.raises(UnavailableError) as away:
        # memory that runs out ends Python with 1, which would be a no: the program says 7 then
        ExternalJudge(python(f"import sys\ntry:\n exec({code!r})\nexcept MemoryError:\n sys.exit(7)"), seconds=3).judge(
            b"%PDF"
        )
    assert away.value.code == "judge-unavailable"


def test_a_judge_that_is_not_there_is_waited_for() -> None:
    with pytest.raises(UnavailableError):
        ExternalJudge("/nowhere/judge").judge(b"%PDF")


@pytest.mark.parametrize("line", [" ", "'open"])
def test_a_command_line_that_is_none_is_a_setting_to_mend(line: str) -> None:
    with pytest.raises(SettingsError):
        ExternalJudge(line)


@pytest.mark.oracle("verapdf")
@pytest.mark.parametrize("form", ["json", "xml"])
def test_verapdf_is_a_judge(copy: bytes, form: str) -> None:
    if not VERAPDF.is_dir():
        pytest.skip("veraPDF is not installed")
    command = f"{tool('java')} -cp '{VERAPDF}/*' org.verapdf.apps.GreenfieldCliWrapper --format {form}"
    judge = ExternalJudge(command)
    assert judge.judge(copy).conforms
    verdict = judge.judge(copy.replace(b"/Marked true", b"/Marked null"))
    assert (verdict.conforms, verdict.judge) == (False, "java")
    assert any(clause.endswith("6.7.2.2") for clause in verdict.clauses)
    with pytest.raises(UnavailableError):
        judge.judge(b"no PDF")
