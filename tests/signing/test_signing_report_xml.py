"""The XML report: as the schema's bindings have it, whole, the same each time, and saying what the validation found.

The bindings are pyHanko's, generated from the schema of TS 119 102-2: they know each element, its order, and which are
required.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from pyhanko.generated.etsi import ts_11910202 as vr
from signing_house import NOW, House, Stages
from xsdata.formats.dataclass.parsers import XmlParser

from signflow.signing.evidence.svt_pdf import ValidatedPdf, validate_parts
from signflow.signing.trust import Trust
from signflow.signing.validation.report_xml import build_xml

AT = NOW.replace(microsecond=0) + dt.timedelta(minutes=10)
MAIN = "urn:etsi:019102:mainindication:"
SUB = "urn:etsi:019102:subindication:"


def changed(pdf: bytes) -> bytes:
    altered = bytearray(pdf)
    altered[2000] ^= 1
    return bytes(altered)


@pytest.fixture(scope="module")
def validated(house: House, stages: Stages) -> dict[str, ValidatedPdf]:
    trust = house.authority.trust(AT)
    return {
        "sealed": validate_parts(stages.sealed, trust, at=AT),
        "signed": validate_parts(stages.secretary, trust, at=AT),
        "unsigned": validate_parts(stages.original, trust, at=AT),
        "changed": validate_parts(changed(stages.sealed), trust, at=AT),
        "untrusted": validate_parts(stages.sealed, Trust((), ()), at=AT),
    }


CASES = ("sealed", "signed", "unsigned", "changed", "untrusted")


def parsed(one: ValidatedPdf) -> vr.ValidationReport:
    """Fails on any element or attribute that the schema does not have."""
    return XmlParser().from_bytes(build_xml(one), vr.ValidationReport)


def walk(value: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield value
        for field in dataclasses.fields(value):
            yield from walk(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from walk(one)


@pytest.mark.parametrize("case", CASES)
def test_each_required_element_is_there(validated: dict[str, ValidatedPdf], case: str) -> None:
    for one in walk(parsed(validated[case])):
        if type(one).__module__.startswith("pyhanko.generated"):
            for field in dataclasses.fields(one):
                held = getattr(one, field.name)
                if field.metadata.get("required"):
                    assert held is not None, (type(one), field.name)
                if field.name == "signers_document_representation":
                    continue  # of the other branch of a choice, which the bindings cannot tell apart
                assert not isinstance(held, tuple) or len(held) >= field.metadata.get("min_occurs", 0), type(one)


@pytest.mark.parametrize("case", CASES)
def test_every_reference_leads_to_an_object_that_is_what_its_name_says(
    validated: dict[str, ValidatedPdf], case: str
) -> None:
    report = parsed(validated[case])
    objects = report.signature_validation_objects
    held = list(objects.validation_object) if objects else []
    names = [one.id for one in held]
    assert len(set(names)) == len(names)
    assert {name for one in walk(report) if isinstance(one, vr.VOReferenceType) for name in one.voreference} <= set(
        names
    )
    for one in held:
        assert one.id
        assert one.validation_object_representation
        data, digest = (
            one.validation_object_representation.base64,
            one.validation_object_representation.digest_alg_and_value,
        )
        shown = hashlib.sha256(data).hexdigest() if data else digest.digest_value.value.hex() if digest else ""  # type: ignore[union-attr]
        assert one.id.split("-", 1)[1] == shown


@pytest.mark.parametrize("case", CASES)
def test_it_says_what_the_validation_found(validated: dict[str, ValidatedPdf], case: str) -> None:
    one, report = validated[case].report, parsed(validated[case])
    statuses = [each.signature_validation_status for each in report.signature_validation_report]
    said = [(status.main_indication, status.sub_indication) for status in statuses if status]
    verdicts = [(each.indication, each.sub_indication) for each in one.signatures]
    verdicts = verdicts or [(one.indication, one.sub_indication)]
    for (main, sub), (indication, why) in zip(said, verdicts, strict=True):
        assert main == f"{MAIN}{indication.lower()}"
        assert [each.rsplit(":", 1)[1] for each in sub] == ([why] if why else [])
        assert all(each.startswith(SUB) for each in sub) or not str(why).isupper()
    assert {
        str(each.signature_quality.signature_quality_information[0])
        for each in report.signature_validation_report
        if each.signature_quality
    } == {f"urn:signflow:level:{each.level}" for each in one.signatures}


def test_a_signature_is_identified_and_its_time_proven(validated: dict[str, ValidatedPdf]) -> None:
    one = validated["sealed"]
    for report, found, parts in zip(
        parsed(one).signature_validation_report, one.report.signatures, one.parts.signatures, strict=True
    ):
        assert report.signature_identifier
        assert report.signature_identifier.digest_alg_and_value
        assert report.signature_identifier.digest_alg_and_value.digest_value
        assert (
            report.signature_identifier.digest_alg_and_value.digest_value.value
            == hashlib.sha256(parts.signed_bytes).digest()
        )
        assert report.validation_time_info
        assert report.validation_time_info.best_signature_time
        assert report.validation_time_info.best_signature_time.poetime
        assert report.validation_time_info.best_signature_time.poetime.to_datetime() == found.proven_at
        assert report.validation_time_info.validation_time
        assert report.validation_time_info.validation_time.to_datetime() == AT
        assert report.signer_information
        assert report.signer_information.signer == found.signatory


def test_certificates_lists_and_tokens_are_in_it(validated: dict[str, ValidatedPdf]) -> None:
    objects = parsed(validated["sealed"]).signature_validation_objects
    assert objects
    kinds = [str(one.object_type).rsplit(":", 1)[1] for one in objects.validation_object]
    assert kinds.count("timestamp") == 4  # three signatures, and the whole
    assert kinds.count("certificate") == 7  # three of their own, issuing, root, time-stamping and its root
    assert kinds.count("CRL") == len(validated["sealed"].parts.crls) > 0


def test_the_same_gives_the_same_bytes(house: House, stages: Stages, validated: dict[str, ValidatedPdf]) -> None:
    trust = house.authority.trust(AT)
    assert build_xml(validate_parts(stages.sealed, trust, at=AT)) == build_xml(validated["sealed"])
    later = validate_parts(stages.sealed, trust, at=AT + dt.timedelta(seconds=1))
    assert build_xml(later) != build_xml(validated["sealed"])


def test_what_xml_cannot_hold_does_not_break_it(validated: dict[str, ValidatedPdf]) -> None:
    one = validated["signed"]
    (found,) = one.report.signatures
    hostile = dataclasses.replace(found, signatory="A\0\x0b<&\ud800", reason="]]>\ufffe", role="\x1b[0m")
    report = parsed(dataclasses.replace(one, report=dataclasses.replace(one.report, signatures=(hostile,))))
    (said,) = report.signature_validation_report
    assert said.signer_information
    assert said.signer_information.signer == "A\ufffd\ufffd<&\ufffd"
