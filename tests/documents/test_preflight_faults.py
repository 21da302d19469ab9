"""Each fault that is planted in a sound document is found, and its clause named; veraPDF says that it is a fault."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from asn1crypto import cms
from document_set import Signing, checked_in_house, drafts, houses, typeset_in_house
from plain_pdf import PlainPdf
from preflight_edits import Fault
from preflight_faults import FAULTS

from judges import VERAPDF, judged_by_verapdf
from signflow.rendering.preflight.preflight import check_pdf
from signflow.steps.check_draft import CheckedDraft

pytestmark = pytest.mark.xdist_group("preflight")  # the document is made and judged once, in one process

SEED = 91  # one with lists, tables, figures, links, a note and fields
DOCS = Path(__file__).parents[2] / "docs"
FLAVOURS = {"2a": "A", "ua1": "UA"}
_CONTENTS = re.compile(rb"/Contents <([0-9A-Fa-f]+)>")
_PLAIN = ("version", "sid", "digest_algorithm", "signature_algorithm", "signature")  # a signer without attributes
_RANGE = re.compile(rb"/ByteRange \[\s*0 (\d+) (\d+) (\d+)")


@pytest.fixture(scope="module")
def checked() -> CheckedDraft:
    return checked_in_house(next(one for one in drafts() if one.script.seed == SEED), houses())[1]


@pytest.fixture(scope="module")
def sound(checked: CheckedDraft) -> bytes:
    draft = next(one for one in drafts() if one.script.seed == SEED)
    house, _ = checked_in_house(draft, houses())
    return typeset_in_house(draft, checked, houses()[house])


@pytest.fixture(scope="module")
def signed(checked: CheckedDraft, sound: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    signing = Signing(tmp_path_factory.mktemp("faults") / "authority")
    return signing.signed(checked, sound, next(iter(houses().values())))


def planted(sound: bytes, fault: Fault) -> bytes:
    pdf = PlainPdf.of(sound)
    fault.edit(pdf)
    return pdf.bytes()


def clauses_of(pdf: bytes) -> set[str]:
    """The clauses that are found broken, as the faults name them."""
    named = {clause for finding in check_pdf(pdf) for clause in finding.clauses}
    return {one.replace("ISO 19005-2, ", "A ").replace("ISO 14289-1, ", "UA ") for one in named}


def wanted(fault: Fault) -> set[str]:
    return set(fault.clauses.split(", "))


def test_the_faults_differ(sound: bytes) -> None:
    files = {hashlib.sha256(planted(sound, fault)).digest() for fault in FAULTS}
    assert len(files) == len({fault.name for fault in FAULTS}) == len(FAULTS) > 200


def test_the_sound_document_has_no_findings_taken_apart_or_not(sound: bytes) -> None:
    assert check_pdf(sound) == []
    assert check_pdf(PlainPdf.of(sound).bytes()) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_is_found_and_its_clause_named(sound: bytes, fault: Fault) -> None:
    assert wanted(fault) <= clauses_of(planted(sound, fault))


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    length = len(content).to_bytes(3)
    return bytes((tag, 0x80 + len(length))) + length + content


def signature_faults(signed: bytes) -> Mapping[str, bytes]:
    """The last signature, changed in what PDF/A asks of it."""
    place = list(_CONTENTS.finditer(signed))[-1]
    content = cms.ContentInfo.load(bytes.fromhex(place[1].decode()), strict=False)
    data = content["content"]
    head = b"".join(data[key].dump() for key in ("version", "digest_algorithms", "encap_content_info"))
    signer = data["signer_infos"][0]
    serial = signer["sid"].chosen["serial_number"].native
    own = next(one.dump() for one in data["certificates"] if one.chosen.serial_number == serial)

    def rewritten(certificates: bytes, signers: bytes) -> bytes:
        signed_data = der(0x30, head, der(0xA0, certificates), der(0x31, signers))
        digits = der(0x30, content["content_type"].dump(), der(0xA0, signed_data)).hex().encode()
        assert len(digits) <= len(place[1])
        return signed[: place.start(1)] + digits.ljust(len(place[1]), b"0") + signed[place.end(1) :]

    found = list(_RANGE.finditer(signed))[-1]
    shorter = b"%d" % (int(found[3]) - 20)
    return {
        "certificate": rewritten(b"", signer.dump()),
        "signers": rewritten(own, signer.dump() + der(0x30, *(signer[key].dump() for key in _PLAIN))),
        "range": signed[: found.start(3)] + shorter.ljust(len(found[3])) + signed[found.end(3) :],
    }


CODES = {"certificate": "signature-certificate", "signers": "signature-signers", "range": "signature-range"}


@pytest.mark.parametrize("name", CODES)
def test_each_fault_of_a_signature_is_found(signed: bytes, name: str) -> None:
    assert check_pdf(signed) == []
    assert CODES[name] in {finding.code for finding in check_pdf(signature_faults(signed)[name])}


@pytest.fixture(scope="module")
def judged(sound: bytes, signed: bytes, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[str]]:
    """The rules that each file breaks, by fault; what veraPDF cannot parse breaks all of them."""
    folder = tmp_path_factory.mktemp("planted")
    files = {fault.name: planted(sound, fault) for fault in FAULTS}
    files |= {"sound": PlainPdf.of(sound).bytes(), "signed": signed, **signature_faults(signed)}
    for name, data in files.items():
        (folder / f"{name}.pdf").write_bytes(data)
    broken: dict[str, set[str]] = {}
    for flavour, standard in FLAVOURS.items():
        for (name, _), rules in judged_by_verapdf(sorted(folder.iterdir()), flavour).items():
            numbers = {f"{standard} {rule['clause']}-{rule['testNumber']}" for rule in rules}
            broken.setdefault(Path(name).stem, set()).update(numbers)
    return {name: broken.get(name, {"not parsed"}) for name in files}


@pytest.mark.oracle("verapdf")
@pytest.mark.timeout(600)
def test_verapdf_finds_the_same_documents_at_fault(judged: Mapping[str, set[str]]) -> None:
    assert judged["sound"] == judged["signed"] == set()
    passed = {fault.name for fault in FAULTS if not judged[fault.name]}
    assert passed == {fault.name for fault in FAULTS if fault.alone}
    assert [name for name in CODES if not judged[name]] == []


@pytest.mark.oracle("verapdf")
@pytest.mark.timeout(600)
def test_the_conformance_tables_name_each_rule_without_a_fault(judged: Mapping[str, set[str]]) -> None:
    core = next(VERAPDF.glob("core-*.jar"), None)
    assert core
    rules = {
        f"{standard} {one.attrib['clause']}-{one.attrib['testNumber']}"
        for profile, standard in (("PDFA-2A", "A"), ("PDFUA-1", "UA"))
        for one in ET.fromstring(ZipFile(core).read(f"org/verapdf/pdfa/validation/{profile}.xml")).findall(  # noqa: S314 -- the judge's own
            ".//{*}rule/{*}id"
        )
    }
    unseen = rules - set.union(*judged.values())
    text = (DOCS / "conformance.md").read_text("utf-8").partition("### The preflight")[2].partition("\n## ")[0]
    assert set(re.findall(r"`((?:A|UA) [\d.]+-\d+)`", text)) == unseen
    assert f"{len(rules - unseen)} of the {len(rules)}" in text
    assert f"{len(FAULTS) + len(CODES)} faults" in text
