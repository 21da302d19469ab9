"""Authorities of time that others wrote, asked and verified: OpenSSL's and certomancer's, alone and in order."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from signing_house import NOW, House
from time_authority import Serving, TimeAuthority, now

from judges import tool
from outside_services import Authorities
from signflow.line import Line
from signflow.signing.outside.revocation import RevocationSources
from signflow.signing.timestamps.http import HttpTsa, TsaAddress
from signflow.signing.timestamps.several import SeveralTsas
from signflow.signing.timestamps.token import TokenExtension
from signflow.signing.trust import read_certificate

pytestmark = [pytest.mark.oracle("openssl"), pytest.mark.xdist_group("tsa-oracles")]
IMPRINT = bytes(range(32))
_CONFIG = """\
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.13762.3
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


class OpenSslAuthority(TimeAuthority):
    """The authority, its tokens made by `openssl ts -reply`, one at a time: its serial file has no lock."""

    def write(self, folder: Path, ess: str) -> None:
        self._folder = folder
        self._one_at_a_time = threading.Lock()
        (folder / "serial").write_text("01\n")
        (folder / "tsa.pem").write_bytes(self.unit.certificate.public_bytes(Encoding.PEM))
        (folder / "root.pem").write_bytes(self.root_pem)
        key = self.unit.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "tsa.key").write_bytes(key)
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder, ess=ess))

    def answer(self, request: bytes) -> bytes:
        query, reply = self._folder / "query", self._folder / "reply"
        with self._one_at_a_time:
            query.write_bytes(request)
            made = [tool("openssl"), "ts", "-reply", "-config", str(self._folder / "tsa.cnf")]
            subprocess.run([*made, "-queryfile", str(query), "-out", str(reply)], check=True, capture_output=True)
            return reply.read_bytes()


@pytest.fixture(params=["sha256", "sha1"], ids=["ESS v2", "ESS v1"])
def openssl(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenSslAuthority]:
    with Serving() as serving:
        authority = OpenSslAuthority(serving.authority.url)
        authority.write(tmp_path, request.param)
        serving.authority = authority
        yield authority


@pytest.fixture(scope="module")
def certomancer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authorities]:
    with Authorities(tmp_path_factory.mktemp("certomancer")) as running:
        yield running


def asked(certomancer: Authorities, name: str = "tid") -> HttpTsa:
    line = Line(10)
    roots = (read_certificate(certomancer.root_pem),)
    return HttpTsa(TsaAddress(certomancer.tsa(name)), roots, line, RevocationSources(line), now)


def verify_with_openssl(token: bytes, root: bytes, folder: Path, at: int | None = None) -> str:
    """What openssl says of a token over `IMPRINT`."""
    (folder / "token.der").write_bytes(token)
    (folder / "trusted.pem").write_bytes(root)
    verify = [tool("openssl"), "ts", "-verify", "-digest", IMPRINT.hex(), "-token_in", "-in", str(folder / "token.der")]
    when = ["-attime", str(at)] if at else []
    said = subprocess.run(
        [*verify, "-CAfile", str(folder / "trusted.pem"), *when],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 0, said.stderr
    return subprocess.run(
        [tool("openssl"), "ts", "-reply", "-token_in", "-in", str(folder / "token.der"), "-token_out", "-text"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def test_a_token_by_openssl_is_taken(openssl: OpenSslAuthority, tmp_path: Path) -> None:
    ready = openssl.client(policy="1.3.6.1.4.1.13762.3").ready(now())
    stamp = ready.stamp(IMPRINT)
    assert "Ordering: yes" in verify_with_openssl(stamp.token, openssl.root_pem, tmp_path)
    assert stamp.source == openssl.url


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_every_digest_is_asked_for_and_given(openssl: OpenSslAuthority, digest: str) -> None:
    imprint = bytes(int(digest[3:]) // 8)
    info = cms.ContentInfo.load(openssl.client().ready(now()).stamp(imprint, digest).token)["content"]
    content = info["encap_content_info"]["content"].parsed
    assert content["message_imprint"]["hash_algorithm"]["algorithm"].native == digest


@pytest.mark.parametrize("name", ["tid", "tid-svar"])
def test_a_token_by_certomancer_is_taken(certomancer: Authorities, name: str, tmp_path: Path) -> None:
    ready = asked(certomancer, name).ready(now())
    verify_with_openssl(ready.stamp(IMPRINT).token, certomancer.root_pem, tmp_path)
    assert (len(ready.crls), len(ready.ocsps)) == ((1, 0) if name == "tid" else (0, 1))


def test_two_in_order_with_one_down(openssl: OpenSslAuthority, certomancer: Authorities, tmp_path: Path) -> None:
    first, second = openssl.client(), asked(certomancer)
    tsas = SeveralTsas([first, second], now)
    assert tsas.ready(now()).stamp(IMPRINT).source == openssl.url
    openssl.down = {"/"}
    tsas = SeveralTsas([openssl.client(), second], now)
    stamp = tsas.ready(now()).stamp(IMPRINT)
    assert stamp.source == certomancer.tsa()
    verify_with_openssl(stamp.token, certomancer.root_pem, tmp_path)
    assert len(tsas.roots) == 2


@pytest.mark.parametrize("size", [0, 1, 100, 127, 128, 255, 256, 4000, 65_535, 70_000])
def test_openssl_reads_a_local_token_that_carries_an_extension_of_any_size(
    house: House, size: int, tmp_path: Path
) -> None:
    carrying = house.tsa.carrying(TokenExtension("1.2.752.201.5.2", b"j" * size)).ready(NOW)
    stamp = carrying.stamp(IMPRINT)
    text = verify_with_openssl(stamp.token, house.authority.tsa_root_pem, tmp_path, int(NOW.timestamp()))
    assert "1.2.752.201.5.2" in text
    assert "critical" not in text
    assert abs(len(stamp.token) - carrying.token_bytes) < 16
    assert "1.2.752" not in verify_with_openssl(
        house.tsa.ready(NOW).stamp(IMPRINT).token, house.authority.tsa_root_pem, tmp_path, int(NOW.timestamp())
    )
