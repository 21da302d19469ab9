"""The signature value itself: certificates exchanged, attributes missing or false, algorithms confused, signers added.

Source: RFC 5652, sections 5.3 and 11; RFC 5035; ETSI EN 319 122-1, 5.2.2; Strenzke: Signed attributes confusion in the
cryptographic message syntax (2023), for attributes presented as content.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from attack_kinds import Family
from attack_papers import ByPyhanko, Hand, Papers
from attack_pdf import Place, cms_of, places, with_contents, with_range
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign import general
from signing_house import NOW, authentication

from signflow.signing.keys.signer import Signer

CMS = Family("signature value")


def covered(pdf: bytes, place: Place) -> bytes:
    return pdf[: place.gap[0]] + pdf[place.gap[1] :]


def rewritten(papers: Papers, change: Callable[[Any, Any], object]) -> bytes:
    """The honest value with its signed data and its one signer changed, no key at hand."""
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    with definite_lengths():
        value = cms_of(pdf, place)
        signed = value["content"]
        change(signed, signed["signer_infos"][0])
        return with_contents(pdf, place, value.dump())


@contextmanager
def definite_lengths() -> Generator[None]:
    """Keep asn1crypto from taking a length that ends in 0x80 for an indefinite one.

    It would encode such a value anew with all its parts, twice at every level: a minute for one file in twelve. Only
    while an attack is made: what judges it meets the library as it is.
    """
    kept = {kind: kind.dump for kind in (core.Asn1Value, core.Sequence, core.SequenceOf)}

    def patched(own: Callable[..., bytes]) -> Callable[..., bytes]:
        def dump(self: Any, force: bool = False) -> bytes:  # noqa: FBT001, FBT002 -- asn1crypto's signature
            header = self._header
            if header is not None and len(header) > 2 and header[-1] == 0x80:
                self._header = None
            return own(self, force)

        return dump

    for kind, own in kept.items():
        kind.dump = patched(own)
    try:
        yield
    finally:
        for kind, own in kept.items():
            kind.dump = own


def _algorithm(name: str) -> algos.SignedDigestAlgorithm:
    return algos.SignedDigestAlgorithm({"algorithm": name})


def _set(key: str, value: Callable[[Any], object]) -> Callable[[Any, Any], object]:
    def change(_: Any, info: Any) -> None:
        info[key] = value(info)

    return change


def _without(*kinds: str) -> Callable[[Any, Any], object]:
    def change(_: Any, info: Any) -> None:
        info["signed_attrs"] = cms.CMSAttributes(
            [one for one in info["signed_attrs"] if one["type"].native not in kinds]
        )

    return change


def _twice(signed: Any, info: Any) -> None:
    signed["signer_infos"] = cms.SignerInfos([info.copy(), info.copy()])


def _other_signer(papers: Papers, signed: Any, info: Any) -> None:
    pdf = papers.other_secretary
    other = cms_of(pdf, places(pdf)[0])["content"]
    signed["signer_infos"] = cms.SignerInfos([info.copy(), other["signer_infos"][0].copy()])
    signed["certificates"] = [*signed["certificates"], *other["certificates"]]


def _content_attached(papers: Papers, signed: Any, _: Any) -> None:
    del papers
    signed["encap_content_info"] = cms.ContentInfo({"content_type": "data", "content": b"%PDF-1.7 Avslag"})


def _no_signer(signed: Any, _: Any) -> None:
    signed["signer_infos"] = cms.SignerInfos([])


def _no_certificates(signed: Any, _: Any) -> None:
    signed["certificates"] = []


def _flipped(info: Any) -> bytes:
    value = bytearray(info["signature"].native)
    value[-1] ^= 1
    return bytes(value)


def _digest_attribute(name: str) -> Callable[[Any, Any], object]:
    def change(_: Any, info: Any) -> None:
        attributes = [one for one in info["signed_attrs"] if one["type"].native != "message_digest"]
        attributes.append(general.simple_cms_attribute("message_digest", hashlib.new(name, b"Avslag").digest()))
        info["signed_attrs"] = cms.CMSAttributes(attributes)

    return change


def _attributes_as_content(_: Any, info: Any) -> None:
    """Without signed attributes the signature would be over the content; the content is not the attributes here."""
    info["signed_attrs"] = None


CHANGES: dict[str, Callable[[Any, Any], object]] = {
    "digest algorithm sha512 instead": _set(
        "digest_algorithm", lambda _: algos.DigestAlgorithm({"algorithm": "sha512"})
    ),
    "digest algorithm sha1 instead": _set("digest_algorithm", lambda _: algos.DigestAlgorithm({"algorithm": "sha1"})),
    "digest algorithm md5 instead": _set("digest_algorithm", lambda _: algos.DigestAlgorithm({"algorithm": "md5"})),
    "digest algorithm unknown": _set("digest_algorithm", lambda _: algos.DigestAlgorithm({"algorithm": "1.2.3.4"})),
    "signature algorithm rsa instead": _set("signature_algorithm", lambda _: _algorithm("sha256_rsa")),
    "signature algorithm rsa sha1 instead": _set("signature_algorithm", lambda _: _algorithm("sha1_rsa")),
    "signature algorithm ecdsa sha512 instead": _set("signature_algorithm", lambda _: _algorithm("sha512_ecdsa")),
    "signature algorithm ed25519 instead": _set("signature_algorithm", lambda _: _algorithm("ed25519")),
    "signature algorithm unknown": _set("signature_algorithm", lambda _: _algorithm("1.2.3.4")),
    "signature empty": _set("signature", lambda _: b""),
    "signature zeros": _set("signature", lambda info: bytes(len(info["signature"].native))),
    "signature of zero numbers": _set("signature", lambda _: b"\x30\x06\x02\x01\x00\x02\x01\x00"),
    "signature flipped": _set("signature", _flipped),
    "signed attributes removed": _attributes_as_content,
    "signed attributes empty": _set("signed_attrs", lambda _: cms.CMSAttributes([])),
    "certificate attribute removed": _without("signing_certificate_v2"),
    "digest attribute removed": _without("message_digest"),
    "content type attribute removed": _without("content_type"),
    "digest attribute of other content": _digest_attribute("sha256"),
    "digest attribute of another length": _digest_attribute("sha512"),
    "signer twice": _twice,
    "no signer": _no_signer,
    "no certificates": _no_certificates,
}
for _name, _change in CHANGES.items():
    CMS.add(_name, "roomy_alone", partial(rewritten, change=_change))


@CMS.attack("roomy_alone")
def signer_of_another_document_added(papers: Papers) -> bytes:
    return rewritten(papers, partial(_other_signer, papers))


@CMS.attack("roomy_alone")
def content_attached(papers: Papers) -> bytes:
    return rewritten(papers, partial(_content_attached, papers))


@CMS.attack("roomy_alone")
def certificate_of_another_key_with_the_same_name(papers: Papers) -> bytes:
    """Another one-shot certificate of the same person stands in the value."""
    other = papers.secretary_key().signing_cert

    def change(signed: Any, info: Any) -> None:
        signed["certificates"] = [other, *list(signed["certificates"])[1:]]
        info["sid"] = _identified(other)

    return rewritten(papers, change)


def _identified(certificate: asn1_x509.Certificate) -> cms.SignerIdentifier:
    sid = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
    return cms.SignerIdentifier({"issuer_and_serial_number": sid})


def two_names(papers: Papers) -> tuple[ByPyhanko, ByPyhanko]:
    """One key with two certificates of the house's authority: the secretary's, and somebody else's."""
    authority = papers.house.authority
    people = ("Anna Söderström", "Någon Annan")
    issued, other = (authority.issue_one_shot(person, "Sekreterare", authentication(), NOW) for person in people)
    taken = x509.load_der_x509_certificate(other.certificate.dump())
    valid = taken.not_valid_before_utc, taken.not_valid_after_utc
    builder = x509.CertificateBuilder(
        taken.issuer, taken.subject, issued._key.public_key, x509.random_serial_number(), *valid
    )
    for extension in taken.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    certificate = builder.sign(authority._register.current("issuing").key.private, hashes.SHA256())
    named = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    return ByPyhanko(issued), ByPyhanko(Signer(named, issued.chain, issued.crls, issued._key))


@CMS.attack("roomy_alone")
def certificate_of_the_same_key_with_another_name(papers: Papers) -> bytes:
    """The signature value fits both; only the signed attribute tells which certificate was meant."""
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    signer, other = two_names(papers)
    value = papers.sign_over(covered(pdf, place), signer=signer)
    signed = value["content"]
    certificate = other.signing_cert
    signed["certificates"] = [certificate, *[one.chosen for one in signed["certificates"]][1:]]
    signed["signer_infos"][0]["sid"] = _identified(certificate)
    return with_contents(pdf, place, value.dump())


def _signed_with(papers: Papers, kinds: Callable[[list[Any]], list[Any]], signer: ByPyhanko | None = None) -> bytes:
    """A value whose signed attributes are chosen by one who holds a key."""
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    signer = signer or papers.secretary_key()
    value = papers.sign_over(covered(pdf, place), Hand(), signer)
    info = value["content"]["signer_infos"][0]
    attributes = cms.CMSAttributes(kinds(list(info["signed_attrs"])))
    info["signed_attrs"] = attributes
    info["signature"] = asyncio.run(signer.async_sign_raw(attributes.dump(), "sha256"))
    token = asyncio.run(papers.stamper.async_timestamp(hashlib.sha256(info["signature"].native).digest(), "sha256"))
    stamp = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
    info["unsigned_attrs"] = cms.CMSAttributes([stamp])
    return with_contents(pdf, place, value.dump())


@CMS.attack("roomy_alone")
def certificate_attribute_never_signed(papers: Papers) -> bytes:
    """PAdES demands it: without it any certificate of the key would do."""
    return _signed_with(papers, lambda all_: [one for one in all_ if one["type"].native != "signing_certificate_v2"])


@CMS.attack("roomy_alone")
def certificate_attribute_names_another(papers: Papers) -> bytes:
    signer, other = two_names(papers)
    named = general.as_signing_certificate_v2(other.signing_cert)

    def chosen(all_: list[Any]) -> list[Any]:
        kept = [one for one in all_ if one["type"].native != "signing_certificate_v2"]
        return [*kept, general.simple_cms_attribute("signing_certificate_v2", named)]

    return _signed_with(papers, chosen, signer)


@CMS.attack("roomy_alone")
def digest_attribute_never_signed(papers: Papers) -> bytes:
    return _signed_with(papers, lambda all_: [one for one in all_ if one["type"].native != "message_digest"])


@CMS.attack("roomy_alone")
def content_type_attribute_names_another(papers: Papers) -> bytes:
    def chosen(all_: list[Any]) -> list[Any]:
        kept = [one for one in all_ if one["type"].native != "content_type"]
        return [*kept, general.simple_cms_attribute("content_type", "enveloped_data")]

    return _signed_with(papers, chosen)


@CMS.attack("roomy_alone")
def attributes_presented_as_content(papers: Papers) -> bytes:
    """The file carries the signed attributes in a stream, and its range covers nothing else: the value is right."""
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    value = cms_of(pdf, place)
    info = value["content"]["signer_infos"][0]
    attributes = info["signed_attrs"].untag().dump()
    carried = b"%PDF-1.7\n9 0 obj\n<< >>\nstream\n" + attributes + b"\nendstream\nendobj\n"
    at = carried.index(attributes)
    made = pdf + carried
    made = with_range(made, place, f"/ByteRange [{len(pdf) + at} {len(attributes)} {len(made)} 0]")
    info["signed_attrs"] = None
    return with_contents(made, place, value.dump())


@CMS.attack("roomy_alone")
def signed_by_another_authority(papers: Papers) -> bytes:
    """The same name and organisation from an authority that nobody trusts."""
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    stranger = papers.other_house.authority.issue_one_shot("Anna Söderström", "Sekreterare", authentication(), NOW)
    return with_contents(pdf, place, papers.sign_over(covered(pdf, place), signer=ByPyhanko(stranger)).dump())


@CMS.attack("roomy_alone")
def signed_by_the_authority_of_time(papers: Papers) -> bytes:
    """A certificate for timestamps signs a document."""
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    signer, _ = papers.house.authority.tsa_signer()
    return with_contents(pdf, place, papers.sign_over(covered(pdf, place), signer=ByPyhanko(signer)).dump())


@CMS.attack("roomy_alone")
def value_nested_without_end(papers: Papers) -> bytes:
    """Sequences in sequences, deeper than a parser's stack."""
    pdf = papers.roomy_alone
    return with_contents(pdf, places(pdf)[-1], b"\x30\x80" * 9_000)


@CMS.attack("roomy_alone")
def value_of_a_length_beyond_the_file(papers: Papers) -> bytes:
    pdf = papers.roomy_alone
    return with_contents(pdf, places(pdf)[-1], b"\x30\x84\x7f\xff\xff\xff" + cms_of(pdf, places(pdf)[-1]).dump()[4:])
