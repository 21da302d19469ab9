"""The peer for signing: pyHanko as its documentation shows it, with the same keys, certificates, lists and timestamps."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleCertificateStore, SimpleTrustManager

from signflow.signing.keys.signer import Signer
from signflow.signing.timestamps.local import LocalTsa

logging.getLogger("pyhanko").setLevel(logging.ERROR)


class KeptTsa(TimeStamper):
    """The local authority, its key kept loaded, its first answer remembered as pyHanko does."""

    def __init__(self, tsa: LocalTsa) -> None:
        super().__init__()
        self._tsa = tsa

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._tsa.respond(req.dump()))


class PyHanko:
    """Signs and validates."""

    def __init__(self, tsa: LocalTsa, stamp: Path, now: dt.datetime) -> None:
        self._tsa = tsa
        self._timestamper = KeptTsa(tsa)
        self._style = StaticStampStyle.from_pdf_file(str(stamp), border_width=0)
        self._now = now

    def sign(self, pdf: bytes, field: str, ours: Signer, *, archival: bool) -> bytes:
        """B-LT, or B-LTA."""
        private = ours._key.private  # type: ignore[attr-defined] - the bench's keys are in memory
        der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        signer = signers.SimpleSigner(
            signing_cert=ours.certificate,
            signing_key=keys.PrivateKeyInfo.load(der),
            cert_registry=SimpleCertificateStore.from_certs(ours.chain),
        )
        context = ValidationContext(
            trust_roots=[ours.chain[-1], *self._tsa.roots],
            other_certs=list(ours.chain),
            crls=[*ours.crls, *self._tsa.ready(self._now).crls],
            moment=self._now,
            revocation_mode="require",
            allow_fetching=False,
        )
        metadata = signers.PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            embed_validation_info=True,
            use_pades_lta=archival,
            validation_context=context,
        )
        pdf_signer = signers.PdfSigner(metadata, signer, timestamper=self._timestamper, stamp_style=self._style)
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        return asyncio.run(pdf_signer.async_sign_pdf(writer, existing_fields_only=True)).getvalue()

    def validate(self, pdf: bytes, roots: list[asn1_x509.Certificate]) -> None:
        """Every signature and timestamp by its plain validation, changes included; none may fail."""
        asyncio.run(self._validate(pdf, roots))

    def validate_archival(self, pdf: bytes, roots: list[asn1_x509.Certificate]) -> None:
        """Every signature by its validation of EN 319 102-1, 5.6; none may fail."""
        asyncio.run(self._validate_archival(pdf, roots))

    async def _validate(self, pdf: bytes, roots: list[asn1_x509.Certificate]) -> None:
        reader = PdfFileReader(BytesIO(pdf))
        store = DocumentSecurityStore.read_dss(reader)
        settings = {"moment": self._now, "revocation_mode": "require", "allow_fetching": False, "trust_roots": roots}
        for signature in reader.embedded_regular_signatures:
            context, of_timestamp = (store.as_validation_context(settings) for _ in range(2))
            status: Any = await async_validate_pdf_signature(signature, context, of_timestamp)
            _require(status.bottom_line)
        for timestamp in reader.embedded_timestamp_signatures:
            status = await async_validate_pdf_timestamp(timestamp, store.as_validation_context(settings))
            _require(status.trusted and status.intact)

    async def _validate_archival(self, pdf: bytes, roots: list[asn1_x509.Certificate]) -> None:
        reader = PdfFileReader(BytesIO(pdf))
        policy = CertValidationPolicySpec(SimpleTrustManager.build(roots), CertRevTrustPolicy(REQUIRE_REVINFO))
        spec = SignatureValidationSpec(
            policy,
            RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
            local_knowledge=LocalKnowledge(),
        )
        timing = ValidationTimingInfo(self._now, self._now, point_in_time_validation=True)
        for signature in reader.embedded_regular_signatures:
            result = await ades_lta_validation(signature, PdfSignatureValidationSpec(spec), timing)
            _require(isinstance(result.ades_subindic, AdESPassed))


def _require(good: object) -> None:
    if not good:
        raise SystemExit("pyHanko does not accept the file: nothing to compare with")
