"""A house with RSA keys throughout: each signature is RSASSA-PSS, and what programs that others wrote say of each part."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from signing_house import ADJUSTER, NOW, ORGANISATION, SECRETARY, House, authentication
from signing_tokens import decode, issue, judge, take_apart, validated

from judges import said_by_dss, tool
from signflow.signing.algorithms import AlgorithmPolicy, policy
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.authority.ceremony import Ceremony, RootPlan
from signflow.signing.authority.folder import KeyFolder
from signflow.signing.authority.installation import Installation
from signflow.signing.authority.register import SEAL
from signflow.signing.authority.requests import request_certificate
from signflow.signing.evidence.renewal import Place, begin_stem, cut_record
from signflow.signing.evidence.tree import HashTree, digest_bytes, group_digest
from signflow.signing.keys.kinds import KeyKind
from signflow.signing.report import Indication
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.validation.validate import validate_pdf

# id-RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes, each said: RFC 4055, section 3.1, as DER
PSS = bytes.fromhex(
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165"
    "030402010500a203020120"
)
INSTANT = str(int(NOW.timestamp()))


class AllRsa(Installation):
    """Also the keys that are otherwise of P-256."""

    def kind_of(self, name: str) -> KeyKind:
        del name
        return KeyKind.RSA3072


INSTALLATION = AllRsa(ORGANISATION, "SE", "http://127.0.0.1:8000", kind=KeyKind.RSA3072)


@dataclass(frozen=True)
class Sealed:
    """A finished round of such a house."""

    house: House
    pdf: bytes

    @property
    def signatures(self) -> list[EmbeddedPdfSignature]:
        return PdfFileReader(BytesIO(self.pdf)).embedded_signatures

    def tokens(self) -> Iterator[tuple[bytes, bytes]]:
        """Of each signature: what was stamped, and the token."""
        for one in self.signatures:
            for content in extract_tst_data_iter(one.signer_info, signed=False):
                token = cms.ContentInfo({"content_type": "signed_data", "content": content}).dump()
                yield one.signer_info["signature"].native, token


def all_rsa(folder: Path) -> House:
    if not KeyFolder(folder, None).is_made:
        Ceremony(KeyFolder(folder, None), INSTALLATION, NOW).make(RootPlan(KeyKind.RSA3072))
    authority = LocalAuthority.open_house(folder, INSTALLATION, None, NOW)
    return House(authority, LocalTsa(authority, lambda: NOW))


@pytest.fixture(scope="module")
def house_of_rsa(tmp_path_factory: pytest.TempPathFactory) -> House:
    return all_rsa(tmp_path_factory.mktemp("rsa") / "authority")


@pytest.fixture(scope="module")
def sealed(house_of_rsa: House, original: bytes) -> Sealed:
    house = house_of_rsa
    pdf = house.sign(house.sign(original, *SECRETARY), *ADJUSTER)
    return Sealed(house, house.seal(house.complete(pdf, original)))


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([tool(command[0]), *command[1:]], capture_output=True, text=True, check=False, timeout=60)


def chain_of(house: House) -> list[asn1_x509.Certificate]:
    """Every certificate that there is, of a person's too."""
    person = house.authority.issue_one_shot("Anna Söderström", "Sekreterare", authentication(), NOW)
    seal, (tsa, _) = house.authority.seal_signer(NOW), house.authority.tsa_signer()
    return [one for signer in (person, seal, tsa) for one in (signer.certificate, *signer.chain)]


def test_each_part_says_pss_with_the_same_parameters(sealed: Sealed) -> None:
    infos = [one.signer_info for one in sealed.signatures]
    infos += [cms.ContentInfo.load(token)["content"]["signer_infos"][0] for _, token in sealed.tokens()]
    assert len(infos) == 7  # two people, the seal and the document timestamp; a token for each of the first three
    assert {one["signature_algorithm"].dump() for one in infos} == {PSS}
    assert {one["digest_algorithm"]["algorithm"].native for one in infos} == {"sha256"}
    for one in chain_of(sealed.house):
        assert one["signature_algorithm"].dump() == one["tbs_certificate"]["signature"].dump() == PSS
    crls = (*sealed.house.authority.seal_signer(NOW).crls, sealed.house.authority.tsa_crl(NOW))
    for crl in crls:
        assert crl["signature_algorithm"].dump() == crl["tbs_cert_list"]["signature"].dump() == PSS


def test_the_keys_in_certificates_are_plain_rsa_which_every_program_reads(sealed: Sealed) -> None:
    for one in chain_of(sealed.house):
        assert one.public_key["algorithm"].dump().hex() == "300d06092a864886f70d0101010500"


def test_we_find_them_valid(sealed: Sealed) -> None:
    report = validate_pdf(sealed.pdf, sealed.house.trust(), at=NOW)
    assert [one.indication for one in report.signatures] == [Indication.TOTAL_PASSED] * 3
    assert {one.signature_algorithm for one in report.signatures} == {"rsassa_pss"}


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("a203020120", "a203020121"),  # a salt of 33 bytes
        ("a203020120", "a203020100"),
        ("a00f300d06096086480165030402010500", "a00f300d06096086480165030402020500"),  # digested with SHA-384
        ("0108300d06096086480165030402010500", "0108300d06096086480165030402020500"),  # masked with SHA-384
        ("06092a864886f70d01010a", "06092a864886f70d01010b"),  # PKCS #1 v1.5, with parameters
    ],
)
def test_a_signature_whose_parameters_were_changed_is_none(
    house_of_rsa: House, original: bytes, said: str, instead: str
) -> None:
    pdf = house_of_rsa.sign(original, *SECRETARY)
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    value = signature.signer_info["signature"].dump().hex()
    text, algorithm = pdf.lower(), PSS.hex()
    place = text.index((algorithm + value).encode())
    changed = algorithm.replace(said, instead).encode()
    assert changed != algorithm.encode()
    altered = pdf[:place] + changed + pdf[place + len(changed) :]
    assert validate_pdf(pdf, house_of_rsa.trust(), at=NOW).indication is Indication.TOTAL_PASSED
    assert validate_pdf(altered, house_of_rsa.trust(), at=NOW).indication is Indication.TOTAL_FAILED


@pytest.mark.oracle("pdfsig")
def test_pdfsig_finds_them_valid(sealed: Sealed, tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(sealed.pdf)
    said = run("pdfsig", "-nocert", str(tmp_path / "sealed.pdf")).stdout
    assert said.count("Signature Validation: Signature is Valid.") == 3, said


@pytest.mark.oracle("openssl")
def test_openssl_verifies_signatures_certificates_and_lists(sealed: Sealed, tmp_path: Path) -> None:
    authority = sealed.house.authority
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    for number, one in enumerate(sealed.signatures[:3]):
        first, first_bytes, second, second_bytes = map(int, one.byte_range)
        covered, signature = tmp_path / f"{number}.covered", tmp_path / f"{number}.cms"
        covered.write_bytes(sealed.pdf[first : first + first_bytes] + sealed.pdf[second : second + second_bytes])
        signature.write_bytes(one.pkcs7_content)
        said = run(
            *("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any"),
            *("-in", str(signature), "-content", str(covered), "-out", "/dev/null"),
            *("-CAfile", str(tmp_path / "root.pem"), "-attime", INSTANT),
        )
        assert said.returncode == 0, said.stderr
    seal = authority.seal_signer(NOW)
    leaf, lists = tmp_path / "leaf.der", tmp_path / "lists.pem"
    leaf.write_bytes(seal.certificate.dump())
    pem = "".join(_as_pem(crl.dump(), tmp_path) for crl in seal.crls)
    lists.write_text(pem)
    (tmp_path / "issuing.pem").write_bytes(authority.issuing_pem)
    said = run(
        *("openssl", "verify", "-x509_strict", "-crl_check_all", "-CRLfile", str(lists), "-attime", INSTANT),
        *("-CAfile", str(tmp_path / "root.pem"), "-untrusted", str(tmp_path / "issuing.pem"), str(leaf)),
    )
    assert said.returncode == 0, said.stderr


def _as_pem(crl: bytes, folder: Path) -> str:
    (folder / "one.crl").write_bytes(crl)
    return run("openssl", "crl", "-inform", "DER", "-in", str(folder / "one.crl")).stdout


@pytest.mark.oracle("openssl")
def test_openssl_ts_reads_no_pss_but_openssl_cms_verifies_the_tokens(sealed: Sealed, tmp_path: Path) -> None:
    """Its `ts` knows PKCS #7 alone, which has no parameters. docs/keys.md gives the way round, as it is done here."""
    root, token, content = (tmp_path / name for name in ("tsa-root.pem", "token.der", "content.der"))
    root.write_bytes(sealed.house.authority.tsa_root_pem)
    for stamped, one in sealed.tokens():
        token.write_bytes(one)
        digest = hashlib.sha256(stamped).hexdigest()
        trusted = ("-CAfile", str(root), "-attime", INSTANT)
        refused = run("openssl", "ts", "-verify", "-digest", digest, "-token_in", "-in", str(token), *trusted)
        assert refused.returncode != 0
        assert "PKCS7_signatureVerify" in refused.stderr
        verify = ("openssl", "cms", "-verify", "-inform", "DER", "-in", str(token), "-purpose", "timestampsign")
        said = run(*verify, *trusted, "-out", str(content))
        assert said.returncode == 0, said.stderr
        assert digest in content.read_bytes().hex()
        shown = run("openssl", "ts", "-reply", "-token_in", "-in", str(token), "-token_out", "-text").stdout
        assert f"Time stamp: {NOW:%b %d %H:%M:%S %Y} GMT" in shown


@pytest.mark.oracle("dss")
def test_dss_passes_an_evidence_record_over_the_tokens(sealed: Sealed, tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_bytes(sealed.house.authority.tsa_root_pem)
    files = [tmp_path / "first", tmp_path / "second"]
    for file in files:
        file.write_bytes(file.name.encode())
    digests = tuple(digest_bytes(file.read_bytes(), "sha256") for file in files)
    tree = HashTree(group_digest(digests, "sha256"), "sha256")
    stem = begin_stem(tree.root, "sha256", sealed.house.tsa.ready(NOW))
    (tmp_path / "record.ers").write_bytes(cut_record(stem, [Place(digests, tree.path(0))]).to_der())
    at = f"{NOW + dt.timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    record = (str(tmp_path / "roots.pem"), at, str(tmp_path / "record.ers"))
    said = said_by_dss("EvidenceJudge", *record, *map(str, files))
    assert said[0] == "record PASSED null"
    assert any(line.startswith("timestamp ") and "signature=true PASSED" in line for line in said)


@pytest.mark.oracle("openssl")
def test_openssl_verifies_a_validation_token_which_says_ps256(sealed: Sealed, tmp_path: Path) -> None:
    file = validated(sealed.house, sealed.pdf)
    token = issue(sealed.house, file)
    assert judge(token, file).indication is Indication.TOTAL_PASSED
    assert take_apart(token).header["alg"] == "PS256"
    signed, _, signature = token.rpartition(".")
    key = sealed.house.authority.evidence_signer(NOW).certificate.public_key
    for name, content in (("signed", signed.encode()), ("signature", decode(signature)), ("key", key.dump())):
        (tmp_path / name).write_bytes(content)
    padding = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32")
    verify = ("-verify", str(tmp_path / "key"), "-keyform", "DER", "-signature", str(tmp_path / "signature"))
    said = run("openssl", "dgst", "-sha256", *padding, *verify, str(tmp_path / "signed"))
    assert said.stdout.strip() == "Verified OK", said.stderr


def test_a_house_of_before_goes_on_with_pss_and_what_it_signed_stays(
    tmp_path: Path, original: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its certificates and a first signature are PKCS #1 v1.5; then the table says what it says today."""
    before = AlgorithmPolicy(
        "before", tuple(replace(one, until=None) for one in policy().terms if "pss" not in one.family)
    )
    with monkeypatch.context() as earlier:
        earlier.setattr("signflow.signing.keys.key.policy", lambda: before)
        first = all_rsa(tmp_path / "authority")
        once = first.sign(original, *SECRETARY)
    house = all_rsa(tmp_path / "authority")
    pdf = house.sign(once, *ADJUSTER)
    sealed = Sealed(house, house.seal(house.complete(pdf, original)))
    report = validate_pdf(sealed.pdf, house.trust(), at=NOW)
    assert [one.indication for one in report.signatures] == [Indication.TOTAL_PASSED] * 3
    said = [one.signer_info["signature_algorithm"]["algorithm"].native for one in sealed.signatures]
    assert said == ["sha256_rsa", "rsassa_pss", "rsassa_pss", "rsassa_pss"]
    person, issuing, root = chain_of(house)[:3]
    issued = [one["signature_algorithm"]["algorithm"].native for one in (person, issuing, root)]
    assert issued == ["rsassa_pss", "sha256_rsa", "sha256_rsa"]


@pytest.mark.oracle("openssl")
def test_openssl_verifies_a_request(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    all_rsa(folder)
    (tmp_path / "seal.csr").write_bytes(request_certificate(Ceremony(KeyFolder(folder, None), INSTALLATION, NOW), SEAL))
    said = run("openssl", "req", "-verify", "-noout", "-text", "-in", str(tmp_path / "seal.csr"))
    assert said.returncode == 0, said.stderr
    assert "Signature Algorithm: rsassaPss" in said.stdout
