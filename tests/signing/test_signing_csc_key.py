"""Keys in a real signing service: they do what every key does, and seal as the organisation's."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from key_contract import KeyContract
from signing_house import ADJUSTER, SEAL_FIELD, SECRETARY, House, authentication
from signing_paper import build_stamp

from outside_services import Authorities, SigningService
from signflow.errors import SettingsError, UnavailableError
from signflow.line import Line
from signflow.signing.algorithms import SignatureAlgorithm
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.gate import check_round
from signflow.signing.keys.csc import CscKey, CscSeal
from signflow.signing.keys.csc_api import CscAccount, CscApi
from signflow.signing.outside.revocation import RevocationSources
from signflow.signing.pades.sign import SealRequest, SignatureRequest, apply_seal, apply_signature
from signflow.signing.report import Indication, Kind, Level
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.trust import Trust, read_certificate
from signflow.signing.validation.validate import validate_pdf

pytestmark = pytest.mark.xdist_group("csc")


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authorities]:
    with Authorities(tmp_path_factory.mktemp("utanfor")) as running:
        yield running


@pytest.fixture(scope="module", params=[True, False], ids=["SCAL 2", "SCAL 1"])
def service(
    request: pytest.FixtureRequest, authorities: Authorities, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SigningService]:
    folder = tmp_path_factory.mktemp("csc")
    with SigningService(folder, authorities, pinning=request.param) as running:
        yield running


def seal_of(service: SigningService, authorities: Authorities, credential: str = "sigill") -> CscSeal:
    account = CscAccount(service.url, f"utanfor/{credential}", lambda: "", lambda: "")
    line = Line(10)
    return CscSeal(account, [read_certificate(authorities.root_pem)], line, RevocationSources(line))


class TestInAService(KeyContract):
    """P-256, P-384 and RSA, with activations bound to the digest and not."""

    @pytest.fixture(params=["sigill", "sigill-p384", "sigill-rsa"])
    def key(self, request: pytest.FixtureRequest, service: SigningService, authorities: Authorities) -> CscKey:
        signer = seal_of(service, authorities, request.param).seal_signer(now())
        api = CscApi(CscAccount(service.url, f"utanfor/{request.param}", lambda: "", lambda: "1234"), Line(10))
        public_key = load_der_public_key(signer.certificate.public_key.dump())
        return CscKey(api, public_key, signer.algorithm, with_pin=False)  # type: ignore[arg-type] - one of the kinds


def test_a_service_that_offers_both_paddings_of_rsa_signs_pss(
    service: SigningService, authorities: Authorities
) -> None:
    assert seal_of(service, authorities, "sigill-rsa").seal_signer(now()).algorithm is SignatureAlgorithm.RSA_PSS_SHA256


def test_certificate_chain_and_lists_come_along(service: SigningService, authorities: Authorities) -> None:
    signer = seal_of(service, authorities).seal_signer(now())
    names = [one.subject.native["common_name"] for one in (signer.certificate, *signer.chain)]
    assert names == ["Södertörnskommunerna", "Utanför Mellan", "Utanför Rot"]
    assert len(signer.crls) == 2


def test_a_credential_that_is_over_seals_nothing(service: SigningService, authorities: Authorities) -> None:
    with pytest.raises(SettingsError, match="validity"):
        seal_of(service, authorities, "sigill-over").seal_signer(now())


def test_a_credential_that_is_not_there(service: SigningService, authorities: Authorities) -> None:
    with pytest.raises(UnavailableError, match=r"csc-refused.*HTTP 404"):
        seal_of(service, authorities, "ingen").seal_signer(now())


def test_a_root_that_nobody_believes(service: SigningService, house: House) -> None:
    account = CscAccount(service.url, "utanfor/sigill", lambda: "", lambda: "")
    line = Line(10)
    seal = CscSeal(account, [read_certificate(house.authority.root_pem)], line, RevocationSources(line))
    with pytest.raises(SettingsError, match="untrusted"):
        seal.seal_signer(now())


def test_a_document_is_sealed_by_the_service_and_lasts(
    service: SigningService, authorities: Authorities, original: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = LocalAuthority.open(
        tmp_path_factory.mktemp("own") / "authority",
        organisation="Provkommun",
        passphrase=None,
        now=now(),
        base_url="http://127.0.0.1:8000",
    )
    tsa = LocalTsa(own, now)
    pdf = original
    for field, person in (SECRETARY, ADJUSTER):
        request = SignatureRequest(field, person, field, None, authentication(now()), build_stamp(person))
        pdf = apply_signature(pdf, request, own, tsa, now=now())
    trust = own.trust(now()).joined(Trust(roots=(authorities.root_pem,), tsa_roots=()))
    digest = hashlib.sha256(original).hexdigest()
    complete = check_round(pdf, digest, [SECRETARY, ADJUSTER], trust, now())
    stamp = SealRequest(SEAL_FIELD, None, build_stamp("Södertörnskommunerna"))
    sealed = apply_seal(complete, stamp, seal_of(service, authorities), tsa, now=now())
    report = validate_pdf(sealed, trust, at=now())
    seal = report.signature(SEAL_FIELD)
    assert report.indication is Indication.TOTAL_PASSED
    assert seal is not None
    assert (seal.signatory, seal.level, seal.kind) == ("Södertörnskommunerna", Level.ARCHIVAL, Kind.SEAL)
