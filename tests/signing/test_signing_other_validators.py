"""Every signature of a full round, judged side by side: by Poppler's pdfsig, by pyHanko's validation by EN 319 102-1, 5.5 and
5.6, and by ours. They agree on what holds, on what was altered, and on what leads to nobody who is believed."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import crl as asn1_crl
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed, AdESStatus
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature
from pyhanko.sign.validation.ades import (
    AdESWithTimeValidationResult,
    ades_lta_validation,
    ades_with_time_validation,
)
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from judges import tool
from life import Life
from signflow.signing.report import Indication
from signflow.signing.trust import Trust
from signflow.signing.validation.validate import validate_pdf

pytestmark = pytest.mark.oracle("pdfsig")
_INDICATIONS = {
    AdESStatus.PASSED: Indication.TOTAL_PASSED,
    AdESStatus.INDETERMINATE: Indication.INDETERMINATE,
    AdESStatus.FAILED: Indication.TOTAL_FAILED,
}


@dataclass(frozen=True)
class Round:
    """A finished round: the file, after each who signed and sealed, and whom it leads up to."""

    revisions: dict[str, bytes]
    trust: Trust
    at: dt.datetime
    organisation: str

    @property
    def sealed(self) -> bytes:
        return self.revisions["seal"]


@pytest.fixture(scope="module", params=["p256", "rsa3072"])
def finished(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sample: bytes
) -> Iterator[Round]:
    data = tmp_path_factory.mktemp("judged-beside") / "data"
    with Life(data, signature_algorithm=request.param) as life:
        document = life.drop(sample)
        for address in ("anna@example.org", "helene@example.org"):
            life.sign(address)
        document = life.load(document)
        assert document.round is not None
        assert document.archived is not None
        blobs = {seat.field: seat.signature.revision for seat in document.round.seats if seat.signature}
        blobs["seal"] = document.archived.pdf
        revisions = {field: life.ports.blobs.get(blob) for field, blob in blobs.items()}
        yield Round(revisions, life.ports.trust(), life.ports.clock(), life.settings.organisation)


def judged_by_pdfsig(pdf: bytes, folder: Path) -> list[str]:
    """What it says of the bytes under each signature; whom to believe it is not told, and timestamps it passes over."""
    file = folder / "judged.pdf"
    file.write_bytes(pdf)
    command = [tool("pdfsig"), "-nocert", str(file)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
    return re.findall(r"Signature Type: ETSI[.]CAdES.*?Signature Validation: (.*?)$", said, re.MULTILINE | re.DOTALL)


def judged_by_pyhanko(pdf: bytes, trust: Trust, at: dt.datetime) -> list[tuple[Indication, str]]:
    """Indication and sub-indication of each signature at that time, with what the file itself carries.

    By 5.6, long-term availability, once there is a document timestamp; before that by 5.5, signatures with time.
    """
    reader = PdfFileReader(BytesIO(pdf))
    found: list[tuple[Indication, str]] = []
    for signature in reader.embedded_regular_signatures:
        told = asyncio.run(_validated(signature, reader, trust, at)).ades_subindic
        found.append((_INDICATIONS[told.status], "" if told is AdESPassed.OK else told.standard_name))
    return found


async def _validated(
    signature: EmbeddedPdfSignature, reader: PdfFileReader, trust: Trust, at: dt.datetime
) -> AdESWithTimeValidationResult:
    anchors = SimpleTrustManager.build([*trust.parsed_roots, *trust.parsed_tsa_roots])
    store = DocumentSecurityStore.read_dss(reader)
    lists = [CRLContainer(asn1_crl.CertificateList.load(one.get_object().data)) for one in store.crls]
    spec = SignatureValidationSpec(
        CertValidationPolicySpec(anchors, CertRevTrustPolicy(REQUIRE_REVINFO)),
        RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        local_knowledge=LocalKnowledge(known_crls=lists, known_certs=list(store.load_certs())),
    )
    timing = ValidationTimingInfo(at, at, point_in_time_validation=True)
    if reader.embedded_timestamp_signatures:
        return await ades_lta_validation(signature, PdfSignatureValidationSpec(spec), timing)
    signature.compute_integrity_info()
    return await ades_with_time_validation(
        signature.signed_data,
        spec,
        timing_info=timing,
        raw_digest=signature.compute_digest(),
        extra_status_kwargs=signature.summarise_integrity_info(),
        status_cls=PdfSignatureStatus,
    )


def judged_by_us(pdf: bytes, trust: Trust, at: dt.datetime) -> list[tuple[Indication, str]]:
    report = validate_pdf(pdf, trust, at=at)
    return [(one.indication, one.sub_indication or "") for one in report.signatures]


def test_all_three_find_every_signature_valid_after_each_that_was_added(finished: Round, tmp_path: Path) -> None:
    for number, (field, pdf) in enumerate(finished.revisions.items(), start=1):
        assert judged_by_pdfsig(pdf, tmp_path) == ["Signature is Valid."] * number, field
        passed = [(Indication.TOTAL_PASSED, "")] * number
        assert judged_by_pyhanko(pdf, finished.trust, finished.at) == passed, field
        assert judged_by_us(pdf, finished.trust, finished.at) == passed, field
    assert list(finished.revisions) == ["secretary", "adjuster-1", "seal"]


def test_all_three_find_the_signature_whose_bytes_were_altered(finished: Round, tmp_path: Path) -> None:
    """A byte of the second person's part: it and what follows fail; the first signature covers less, and holds."""
    pdf = bytearray(finished.sealed)
    place = finished.sealed.index(b"/Reason", len(finished.revisions["secretary"])) + len("/Reason (")
    pdf[place] ^= 1
    altered = bytes(pdf)
    valid, mismatch = "Signature is Valid.", "Digest Mismatch."
    assert judged_by_pdfsig(altered, tmp_path) == [valid, mismatch, mismatch]
    failed = (Indication.TOTAL_FAILED, "HASH_FAILURE")
    assert judged_by_us(altered, finished.trust, finished.at) == [(Indication.TOTAL_PASSED, ""), failed, failed]
    # pyHanko proves the first by the document timestamp alone, which is broken too, and not by the signature's own
    no_proof = (Indication.INDETERMINATE, "NO_POE")
    assert judged_by_pyhanko(altered, finished.trust, finished.at) == [no_proof, failed, failed]


def test_signatures_of_an_authority_that_nobody_believes_are_indeterminate(finished: Round, tmp_path: Path) -> None:
    nobody = replace(finished.trust, roots=(), own_roots=())
    expected = [(Indication.INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND")] * 3
    assert judged_by_pyhanko(finished.sealed, nobody, finished.at) == expected
    assert judged_by_us(finished.sealed, nobody, finished.at) == expected
    assert judged_by_pdfsig(finished.sealed, tmp_path) == ["Signature is Valid."] * 3
