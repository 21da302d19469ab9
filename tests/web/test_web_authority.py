"""What certificates point to is there for anyone, also what older generations point to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from visitor import TestClient

from life import Life
from signflow.signing.authentication import Authentication
from signflow.signing.authority.ceremony import Ceremony
from signflow.signing.authority.folder import KeyFolder
from signflow.signing.authority.installation import Installation
from signflow.signing.authority.register import ISSUING
from signflow.web.app import build_app


@pytest.fixture
def stranger(life: Life) -> Iterator[TestClient]:
    """Somebody elsewhere, through a proxy."""
    headers = {"X-Forwarded-For": "192.0.2.1"}
    with TestClient(build_app(life.ports), base_url=life.ports.public_url, headers=headers) as client:
        yield client


def test_lists_and_certificates_are_public_and_may_be_kept(life: Life, stranger: TestClient) -> None:
    authority, now = life.ports.authority, life.ports.clock()
    for prefix, suffix, media_type, files in (
        ("crl", "crl", "application/pkix-crl", authority.crls(now)),
        ("ca", "crt", "application/pkix-cert", authority.certificates()),
    ):
        assert len(files) == 3
        for label, content in files.items():
            answer = stranger.get(f"/{prefix}/{label}.{suffix}")
            assert answer.status_code == 200
            assert answer.content == content
            assert answer.headers["content-type"] == media_type
            assert answer.headers["cache-control"].startswith("public, max-age=")
            again = stranger.get(f"/{prefix}/{label}.{suffix}", headers={"If-None-Match": answer.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
        for other in ("nobody", "seal", "..%2froot", "root.key"):
            assert stranger.get(f"/{prefix}/{other}.{suffix}").status_code == 404


def test_a_certificate_points_to_what_is_there_after_a_new_generation(life: Life, stranger: TestClient) -> None:
    authority, now = life.ports.authority, life.ports.clock()
    who = Authentication("urn:x", now, "urn:loa", "1", "")
    before = authority.issue_one_shot("Anna", "", who, now)
    folder = KeyFolder(life.settings.data / "keys" / "authority", None)
    house = Installation(authority.organisation, "SE", life.ports.public_url)
    with folder.locked():
        Ceremony(folder, house, now).issue(ISSUING, new_key=True)
    after = authority.issue_one_shot("Anna", "", who, now)
    seen: set[str] = set()
    for signer in (before, after):
        certificate = x509.load_der_x509_certificate(signer.certificate.dump())
        issuer_at = certificate.extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_INFORMATION_ACCESS).value
        lists_at = certificate.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS).value
        assert isinstance(issuer_at, x509.AuthorityInformationAccess)
        assert isinstance(lists_at, x509.CRLDistributionPoints)
        issuer = x509.load_der_x509_certificate(stranger.get(issuer_at[0].access_location.value).content)
        certificate.verify_directly_issued_by(issuer)
        (name,) = lists_at[0].full_name or ()
        crl = x509.load_der_x509_crl(stranger.get(name.value).content)
        assert crl.issuer == certificate.issuer
        assert crl.is_signature_valid(issuer.public_key())
        seen.add(name.value)
    assert len(seen) == 2
