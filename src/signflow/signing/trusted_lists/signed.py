"""The signature over a trusted list, and the bounds of what is read at all.

What is handed on is what was signed, canonicalised and parsed anew, so that nothing can be read that is not covered.

Source: ETSI TS 119 612, 5.7.1 and annex B (one enveloped XAdES baseline signature over the whole list, exclusive
canonicalisation, the signer's certificate in the key information); W3C XML Signature Best Practices, on wrapping.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - lxml ships without types
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from signflow.errors import RefusedError
from signflow.signing.algorithms import AlgorithmPolicy

LIMIT_BYTES = 24_000_000
LIMIT_ELEMENTS = 400_000

TSL = "http://uri.etsi.org/02231/v2#"
ROOT = f"{{{TSL}}}TrustServiceStatusList"
_DS = "http://www.w3.org/2000/09/xmldsig#"
_ENVELOPED = f"{_DS}enveloped-signature"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_METHODS = frozenset(
    method
    for method in SignatureMethod
    if method.name.startswith(("RSA_", "ECDSA_")) or method.name.endswith("RSA_MGF1")
)


@dataclass(frozen=True, slots=True)
class SignedList:
    """A list whose signature holds.

    Attributes:
        root: What was signed.
        signer: DER certificate that it was signed with.
    """

    root: etree._Element
    signer: bytes


def read_root(xml: bytes) -> etree._Element:
    """The root of a list that nothing is known about yet.

    Raises:
        RefusedError: It is no trusted list, larger than the bounds allow, or declares a document type.
    """
    if len(xml) > LIMIT_BYTES:
        raise _unreadable("size")
    # libxml2 bounds depth (256), names and entities by itself as long as `huge_tree` is off
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _unreadable("xml") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _unreadable("doctype")
    if root.tag != ROOT:
        raise _unreadable("root")
    if sum(1 for _ in root.iter()) > LIMIT_ELEMENTS:
        raise _unreadable("elements")
    return root


def verify_signed(
    xml: bytes, signers: Collection[bytes], algorithms: AlgorithmPolicy, *, issued_at: dt.datetime, now: dt.datetime
) -> SignedList:
    """The list as it was signed by one of the signers.

    1. It has one signature, in its root. 2. The certificate in it is, byte for byte, one of the signers'. 3. That was
    valid when the list was issued, and the algorithms hold today. 4. The signature holds. 5. It is over the whole list
    and nothing of the list is left out but the signature.

    Args:
        xml: The list.
        signers: DER certificates that may sign it.
        algorithms: Which hold.
        issued_at: When it says that it was issued.
        now: Today.

    Raises:
        RefusedError: One of these is not so, or it cannot be read.
    """
    root = read_root(xml)
    signatures = list(root.iter(f"{{{_DS}}}Signature"))
    if len(signatures) != 1 or signatures[0].getparent() is not root:  # 1
        raise _invalid("place")
    signer = _signer(signatures[0], signers)  # 2
    certificate = x509.load_der_x509_certificate(signer)
    _require_strength(signatures[0], certificate, algorithms, now)  # 3
    config = XAdESSignatureConfiguration(
        location="./",
        require_x509=True,
        expect_references=True,
        signature_methods=_METHODS,
        digest_algorithms=frozenset(one for one in DigestAlgorithm if algorithms.holds(one.name.lower(), 0, now)),
        verification_time=issued_at,
    )
    try:
        results: list[Any] = XAdESVerifier().verify(xml, x509_cert=certificate, expect_config=config)  # 4
    except (SignXMLException, UnsupportedAlgorithm, etree.LxmlError, ValueError, TypeError, KeyError) as error:
        raise _invalid(type(error).__name__) from error
    references = signatures[0].findall(f"{{{_DS}}}SignedInfo/{{{_DS}}}Reference")
    for reference, result in zip(references, results, strict=True):
        if result.signed_xml is not None and result.signed_xml.tag == ROOT and _is_whole(reference, root):  # 5
            return SignedList(read_root(result.signed_data), signer)
    raise _invalid("coverage")


def _signer(signature: etree._Element, signers: Collection[bytes]) -> bytes:
    path = f"{{{_DS}}}KeyInfo/{{{_DS}}}X509Data/{{{_DS}}}X509Certificate"
    for element in signature.findall(path):
        try:
            carried = base64.b64decode("".join((element.text or "").split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise _invalid("certificate") from error
        if carried in signers:
            return carried
    raise RefusedError("trusted-list-signer")


def _require_strength(
    signature: etree._Element, certificate: x509.Certificate, algorithms: AlgorithmPolicy, now: dt.datetime
) -> None:
    element = signature.find(f"{{{_DS}}}SignedInfo/{{{_DS}}}SignatureMethod")
    try:
        method = SignatureMethod(element.get("Algorithm") if element is not None else None)
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _invalid("algorithm") from error
    match key:
        case rsa.RSAPublicKey():
            family, bits = ("rsa-pss" if method.name.endswith("MGF1") else "rsa"), key.key_size
        case ec.EllipticCurvePublicKey():
            family, bits = "ecdsa", key.key_size
        case _:
            raise _invalid("algorithm")
    digest = method.name.removeprefix("RSA_").removeprefix("ECDSA_").removesuffix("_RSA_MGF1").lower()
    if not algorithms.holds(family, bits, now) or not algorithms.holds(digest, 0, now):
        raise _invalid("algorithm")


def _is_whole(reference: etree._Element, root: etree._Element) -> bool:
    """Whether it is the root, by both of the transforms that are allowed and no other."""
    transforms = [one.get("Algorithm") for one in reference.iter(f"{{{_DS}}}Transform")]
    target = reference.get("URI")
    return transforms == [_ENVELOPED, _EXCLUSIVE] and target in {"", f"#{root.get('Id')}"}


def _unreadable(reason: str) -> RefusedError:
    return RefusedError("trusted-list-unreadable", reason=reason)


def _invalid(reason: str) -> RefusedError:
    return RefusedError("trusted-list-signature", reason=reason)
