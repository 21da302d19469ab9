"""A finished round judged by the European Commission's library DSS, against which services in the Union are measured."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from signing_house import ADJUSTER, NOW, ORGANISATION, SECRETARY, House, open_house
from signing_paper import build_tagged_pdf
from test_signing_rsa_validators import all_rsa

from judges import said_by_dss
from signflow.signing.report import Indication
from signflow.signing.validation.validate import validate_pdf

pytestmark = [pytest.mark.oracle("dss"), pytest.mark.xdist_group("dss")]
_LATER = NOW + dt.timedelta(minutes=5)
# DSS reaches a signed field by way of the structure tree too, as PDF/UA wants it tagged, and knows it only by the form
_BY_THE_STRUCTURE = "  warning The document contains undefined object modifications after the signature revision!"
_STAMPS = ["timestamp SIGNATURE_TIMESTAMP PASSED null"] * 3 + ["timestamp DOCUMENT_TIMESTAMP PASSED null"]


@pytest.fixture(params=["ecdsa", "rsa"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    folder = tmp_path / "authority"
    return all_rsa(folder) if request.param == "rsa" else open_house(folder)


def judged(roots: bytes, folder: Path, **files: bytes) -> dict[str, list[str]]:
    """What DSS says of each file; all in one run, since it loads for seconds."""
    (folder / "roots.pem").write_bytes(roots)
    for name, pdf in files.items():
        (folder / name).write_bytes(pdf)
    at = f"{_LATER:%Y-%m-%dT%H:%M:%SZ}"
    said = dict[str, list[str]]()
    for line in said_by_dss("PdfJudge", str(folder / "roots.pem"), at, *(str(folder / name) for name in files)):
        if line.startswith("file "):
            said[Path(line).name] = []
        else:
            said[next(reversed(said))].append(line)
    return said


def signatures(said: list[str]) -> list[str]:
    return [line for line in said if line.startswith("signature")]


def test_dss_and_we_say_the_same_of_a_round_of_one_altered_and_of_one_by_strangers(
    house: House, tmp_path: Path
) -> None:
    original = build_tagged_pdf("§ 1 Åtgärder")
    first = house.sign(original, *SECRETARY)
    second = house.sign(first, *ADJUSTER)
    sealed = house.seal(house.complete(second, original))
    altered = sealed.replace(b"/MediaBox", b"/MediaBux", 1)
    roots = house.authority.root_pem + house.authority.tsa_root_pem
    said = judged(roots, tmp_path, first=first, second=second, sealed=sealed, altered=altered)

    names = (SECRETARY[1], ADJUSTER[1], ORGANISATION)
    assert signatures(said["sealed"]) == [f"signature TOTAL_PASSED null PAdES-BASELINE-LTA {name}" for name in names]
    assert [line for line in said["sealed"] if line.startswith("timestamp")] == _STAMPS
    assert {line for line in said["sealed"] if line.startswith("  ")} <= {_BY_THE_STRUCTURE}
    for name, count in (("first", 1), ("second", 2)):
        assert len(signatures(said[name])) == count
        assert all(line.startswith("signature TOTAL_PASSED") for line in signatures(said[name]))
    assert len(signatures(said["altered"])) == 3
    assert all(line.startswith("signature TOTAL_FAILED HASH_FAILURE") for line in signatures(said["altered"]))
    report = validate_pdf(altered, house.trust(_LATER), at=_LATER)
    assert {one.indication for one in report.signatures} == {Indication.TOTAL_FAILED}

    stranger = open_house(tmp_path / "another" / "authority", "En annan")
    unknown = judged(stranger.authority.root_pem + stranger.authority.tsa_root_pem, tmp_path, sealed=sealed)
    assert len(signatures(unknown["sealed"])) == 3
    assert all(
        line.startswith("signature INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND") for line in signatures(unknown["sealed"])
    )
    report = validate_pdf(sealed, stranger.trust(_LATER), at=_LATER)
    assert {(one.indication, one.sub_indication) for one in report.signatures} == {
        (Indication.INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND")
    }
