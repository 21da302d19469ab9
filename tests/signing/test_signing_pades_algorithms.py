"""Signatures by keys of every kind: what they hold, and which validators take them."""

from __future__ import annotations

import hashlib
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms, parser
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature
from signing_house import NOW, SECRETARY, House, authentication
from signing_kinds import KINDS, KindAuthority
from signing_paper import build_stamp, build_tagged_pdf

from judges import tool
from signflow.signing.pades.sign import SealRequest, SignatureRequest, apply_signature, seal_update
from signflow.signing.report import Indication, Level
from signflow.signing.validation.validate import validate_pdf

DIGESTS = {"P-384": "sha384", "Ed25519": "sha512"}
# neither pdfsig (poppler 22.12, on NSS) nor openssl 3.0 takes Ed25519 in CMS; pyHanko does
KNOWN_TO_ALL = [kind for kind in KINDS if kind != "Ed25519"]

_authority = cache(KindAuthority.make)


def _signed(house: House, kind: str) -> bytes:
    request = SignatureRequest(*SECRETARY, "Sekreterare", None, authentication(), build_stamp(SECRETARY[1]))
    return apply_signature(build_tagged_pdf(kind), request, _authority(kind), house.tsa, now=NOW)


def _embedded(pdf: bytes) -> EmbeddedPdfSignature:
    return PdfFileReader(BytesIO(pdf)).embedded_regular_signatures[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_of_every_kind_holds(house: House, kind: str) -> None:
    report = validate_pdf(_signed(house, kind), _authority(kind).trust(house.authority.tsa_root_pem), at=NOW)
    assert report.indication is Indication.TOTAL_PASSED
    assert [one.level for one in report.signatures] == [Level.LONG_TERM]


@pytest.mark.parametrize("kind", KINDS)
def test_the_digest_goes_with_the_key(house: House, kind: str) -> None:
    pdf = _signed(house, kind)
    signature = _embedded(pdf)
    name = DIGESTS.get(kind, "sha256")
    first, first_bytes, second, second_bytes = map(int, signature.byte_range)
    covered = pdf[first : first + first_bytes] + pdf[second : second + second_bytes]
    digest = next(
        one["values"][0].native
        for one in signature.signer_info["signed_attrs"]
        if one["type"].native == "message_digest"
    )
    assert digest == hashlib.new(name, covered).digest()
    assert signature.signer_info["digest_algorithm"]["algorithm"].native == name


@pytest.mark.parametrize("kind", KINDS)
def test_seal_and_timestamp_of_every_kind_hold_with_one_digest(house: House, kind: str) -> None:
    pdf = build_tagged_pdf(kind)
    request = SealRequest("Sigill", None, build_stamp("Kommunen"))
    sealed = pdf + seal_update(BytesIO(pdf), request, _authority(kind), house.tsa, now=NOW)
    report = validate_pdf(sealed, _authority(kind).trust(house.authority.tsa_root_pem), at=NOW)
    assert report.indication is Indication.TOTAL_PASSED
    assert [one.level for one in report.signatures] == [Level.ARCHIVAL]
    stamp = PdfFileReader(BytesIO(sealed)).embedded_timestamp_signatures[0]
    imprint = stamp.signed_data["encap_content_info"]["content"].parsed["message_imprint"]
    assert imprint["hash_algorithm"]["algorithm"].native == DIGESTS.get(kind, "sha256")


@pytest.mark.parametrize("kind", KINDS)
def test_the_signature_is_der_with_the_attributes_of_the_profile_and_no_others(house: House, kind: str) -> None:
    content = _embedded(_signed(house, kind)).pkcs7_content
    read = cms.ContentInfo.load(content)
    written = read.dump()
    assert content.startswith(written)
    assert not content[len(written) :].strip(b"\0")
    assert _encoded_anew(written) == written
    (signer,) = read["content"]["signer_infos"]
    signed = [one["type"].native for one in signer["signed_attrs"]]
    assert sorted(signed) == ["content_type", "message_digest", "signing_certificate_v2"]
    assert [one["type"].native for one in signer["unsigned_attrs"]] == ["signature_time_stamp_token"]


@pytest.mark.oracle("pdfsig")
@pytest.mark.parametrize("kind", KNOWN_TO_ALL)
def test_pdfsig_finds_them_valid(house: House, kind: str, tmp_path: Path) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(_signed(house, kind))
    said = subprocess.run(
        [tool("pdfsig"), "-nocert", str(file)], capture_output=True, text=True, check=False, timeout=60
    ).stdout
    assert "Signature Validation: Signature is Valid." in said, said


@pytest.mark.oracle("openssl")
@pytest.mark.parametrize("kind", KNOWN_TO_ALL)
def test_openssl_verifies_them_by_hand(house: House, kind: str, tmp_path: Path) -> None:
    pdf = _signed(house, kind)
    signature = _embedded(pdf)
    first, first_bytes, second, second_bytes = map(int, signature.byte_range)
    (tmp_path / "covered").write_bytes(pdf[first : first + first_bytes] + pdf[second : second + second_bytes])
    (tmp_path / "signature.der").write_bytes(signature.pkcs7_content)
    (tmp_path / "root.pem").write_bytes(_authority(kind).root.public_bytes(Encoding.PEM))
    said = subprocess.run(
        [
            *(tool("openssl"), "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any"),
            *("-in", str(tmp_path / "signature.der"), "-content", str(tmp_path / "covered"), "-out", "/dev/null"),
            *("-CAfile", str(tmp_path / "root.pem"), "-attime", str(int(NOW.timestamp()))),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 0, said.stderr


def _encoded_anew(der: bytes) -> bytes:
    """The value with every length as short as can be and every set in order, as DER wants it."""
    kind, method, tag, _, content, _ = parser.parse(der, strict=True)
    if method == 0:
        return parser.emit(kind, method, tag, content)
    parts: list[bytes] = []
    while content:
        _, _, _, header, part, trailer = parser.parse(content)
        size = len(header) + len(part) + len(trailer)
        parts.append(_encoded_anew(content[:size]))
        content = content[size:]
    return parser.emit(kind, method, tag, b"".join(sorted(parts) if (kind, tag) == (0, 17) else parts))
