"""The same tests for a key in memory, one from a key file, and one in a token."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from key_contract import KeyContract, holds
from signing_house import NOW
from soft_token import PIN, SoftToken, open_token

from signflow.errors import RefusedError, SettingsError, UnavailableError
from signflow.signing.algorithms import AlgorithmPolicy, SignatureAlgorithm, Term
from signflow.signing.keys.key import SigningKey, SoftwareKey, algorithm_of
from signflow.signing.keys.kinds import KeyKind, kind_like, require_holding
from signflow.signing.keys.pkcs11 import Pkcs11Key, Pkcs11Uri
from signflow.signing.keys.vault import Vault

TOKEN_KINDS = ["p256", "p384", "rsa3072", "rsa4096", "ed25519"]


class TestInMemory(KeyContract):
    @pytest.fixture(scope="class", params=[*KeyKind])
    @classmethod
    def key(cls, request: pytest.FixtureRequest) -> SigningKey:
        return SoftwareKey(KeyKind(request.param).make())


class TestFromKeyFile(KeyContract):
    @pytest.fixture(scope="class", params=[*KeyKind])
    @classmethod
    def key(cls, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
        vault = Vault.open(tmp_path_factory.mktemp("vault"), None)
        made = KeyKind(request.param).make()
        read = SoftwareKey(vault.decrypt(vault.encrypt(made), "k"))
        assert read.public_key == made.public_key()
        return read


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> SoftToken:
    made = open_token(tmp_path_factory.mktemp("contract"))
    for kind in TOKEN_KINDS:
        made.make(kind, kind)
    return made


@pytest.mark.oracle("softhsm2-util")
class TestInToken(KeyContract):
    @pytest.fixture(scope="class", params=TOKEN_KINDS)
    @classmethod
    def key(cls, request: pytest.FixtureRequest, token: SoftToken) -> SigningKey:
        return Pkcs11Key.find(Pkcs11Uri.read(token.uri(str(request.param))))


@pytest.mark.parametrize("kind", [*KeyKind])
def test_a_successor_is_of_the_same_kind(kind: KeyKind) -> None:
    assert kind_like(kind.make().public_key()) is kind


@pytest.mark.parametrize("bits", [3072, 4096])
def test_an_rsa_key_signs_with_what_the_table_lets_hold_longest(bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    public_key = rsa.generate_private_key(65537, bits).public_key()
    assert algorithm_of(public_key) is SignatureAlgorithm.RSA_PSS_SHA256
    both = {"rsa": None, "rsa-pss": None}
    for ends, expected in (
        (both, SignatureAlgorithm.RSA_PSS_SHA256),
        ({**both, "rsa-pss": NOW}, SignatureAlgorithm.RSA_SHA256),
        ({"rsa": NOW, "rsa-pss": NOW - dt.timedelta(days=1)}, SignatureAlgorithm.RSA_SHA256),
        ({"rsa": NOW, "rsa-pss": NOW + dt.timedelta(days=1)}, SignatureAlgorithm.RSA_PSS_SHA256),
        ({"rsa": NOW}, SignatureAlgorithm.RSA_SHA256),
    ):
        table = AlgorithmPolicy("another", tuple(Term(name, 3000, until) for name, until in ends.items()))
        monkeypatch.setattr("signflow.signing.keys.key.policy", lambda table=table: table)
        assert algorithm_of(public_key) is expected


@pytest.mark.parametrize("kind", [*KeyKind])
@pytest.mark.parametrize("day", [dt.date(2028, 12, 31), dt.date(2029, 1, 1), dt.date(2050, 1, 1)])
def test_every_kind_goes_on_signing_when_pkcs1_has_ended(kind: KeyKind, day: dt.date) -> None:
    at = dt.datetime.combine(day, dt.time(), dt.UTC)
    public_key = kind.make().public_key()
    require_holding(public_key, at)
    if isinstance(public_key, rsa.RSAPublicKey) and day >= dt.date(2029, 1, 1):
        with pytest.raises(SettingsError, match="algorithm-ended"):
            require_holding(public_key, at, SignatureAlgorithm.RSA_SHA256)


@pytest.mark.parametrize("kind", [*KeyKind])
def test_what_is_made_holds_today(kind: KeyKind) -> None:
    require_holding(kind.make().public_key(), NOW)


@pytest.fixture
def plugged(tmp_path: Path) -> SoftToken:
    return open_token(tmp_path)


@pytest.mark.oracle("softhsm2-util")
@pytest.mark.parametrize("times", [1, 3])
def test_a_token_that_was_away_signs_again_without_a_restart(plugged: SoftToken, times: int) -> None:
    key = Pkcs11Key.find(Pkcs11Uri.read(plugged.make("seal", "p256")))
    for number in range(times):
        plugged.unplug()
        for _ in range(2):
            with pytest.raises(UnavailableError, match="token-unavailable"):
                key.sign(b"data")
        plugged.plug_in()
        data = f"after {number}".encode()
        assert holds(key.public_key, data, key.sign(data))


@pytest.mark.oracle("softhsm2-util")
def test_two_keys_of_one_token_live_beside_each_other(plugged: SoftToken) -> None:
    seal, issuing = (Pkcs11Key.find(Pkcs11Uri.read(plugged.make(name, "p256"))) for name in ("seal", "issuing"))
    for _ in range(3):
        assert holds(seal.public_key, b"s", seal.sign(b"s"))
        assert holds(issuing.public_key, b"i", issuing.sign(b"i"))
    assert seal.public_key != issuing.public_key


@pytest.mark.oracle("softhsm2-util")
def test_a_service_starts_while_the_token_is_away(plugged: SoftToken) -> None:
    uri = Pkcs11Uri.read(plugged.make("seal", "p256"))
    public_key = Pkcs11Key.find(uri).public_key
    plugged.unplug()
    key = Pkcs11Key(uri, public_key)
    with pytest.raises(UnavailableError):
        key.sign(b"x")
    plugged.plug_in()
    assert holds(public_key, b"x", key.sign(b"x"))


@pytest.mark.oracle("softhsm2-util")
def test_a_pin_that_was_refused_is_not_tried_again_until_the_file_changes(plugged: SoftToken) -> None:
    uri = Pkcs11Uri.read(plugged.make("seal", "p256"))
    plugged.restart()
    plugged.pin_file.write_text("9999\n")
    for _ in range(20):  # a token locks after fewer
        with pytest.raises(SettingsError, match="token-pin"):
            Pkcs11Key.find(uri)
    plugged.pin_file.write_text(PIN)
    assert Pkcs11Key.find(uri).sign(b"x")


@pytest.mark.oracle("softhsm2-util")
def test_the_pin_is_said_nowhere(plugged: SoftToken, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "73519284"
    plugged.make("seal", "p256")
    plugged.restart()
    plugged.pin_file.write_text(secret)
    with pytest.raises(SettingsError) as refused:
        Pkcs11Key.find(Pkcs11Uri.read(plugged.uri("seal")))
    chain: list[BaseException | None] = [refused.value, refused.value.__cause__]
    assert refused.value.__suppress_context__
    assert secret not in caplog.text + "".join(repr(one) + str(one) for one in chain)


@pytest.mark.oracle("softhsm2-util")
def test_another_key_under_the_name_is_noticed(plugged: SoftToken) -> None:
    first = Pkcs11Uri.read(plugged.make("first", "p256"))
    second = Pkcs11Uri.read(plugged.make("second", "p256"))
    with pytest.raises(SettingsError, match="token-other-key"):
        Pkcs11Key(second, Pkcs11Key.find(first).public_key).sign(b"x")


@pytest.mark.oracle("softhsm2-util")
@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        (("object=seal", "object=sael"), SettingsError, "token-key-missing"),
        (("token=signflow", "token=another"), UnavailableError, "token-unavailable"),
        (("libsofthsm2.so", "libnothing.so"), UnavailableError, "token-unavailable"),
        (("/pin", "/nip"), SettingsError, "secret-file-unreadable"),
    ],
)
def test_what_is_not_there_is_said(
    plugged: SoftToken, change: tuple[str, str], error: type[Exception], code: str
) -> None:
    uri = plugged.make("seal", "p256")
    plugged.restart()
    with pytest.raises(error, match=code):
        Pkcs11Key.find(Pkcs11Uri.read(uri.replace(*change)))


@pytest.mark.oracle("softhsm2-util")
def test_two_keys_of_one_name_are_refused(plugged: SoftToken) -> None:
    plugged.make("seal", "p256")
    with pytest.raises(SettingsError, match="token-key-missing"):
        Pkcs11Key.find(Pkcs11Uri.read(plugged.make("seal", "p256")))


@pytest.mark.oracle("softhsm2-util")
def test_a_key_that_signflow_does_not_sign_with_is_refused(plugged: SoftToken) -> None:
    with pytest.raises(RefusedError, match="key-kind"):
        Pkcs11Key.find(Pkcs11Uri.read(plugged.make("small", "rsa2048")))


@pytest.mark.oracle("softhsm2-util")
@pytest.mark.parametrize("mechanism", ["CKM_RSA_PKCS_PSS", "CKM_SHA256_RSA_PKCS_PSS", "CKM_RSA_PKCS"])
def test_a_token_that_has_one_mechanism_for_pss_signs_with_it(plugged: SoftToken, mechanism: str) -> None:
    key = Pkcs11Key.find(Pkcs11Uri.read(plugged.make("seal", "rsa3072")))
    plugged.do_without(mechanism)
    assert holds(key.public_key, b"data", key.sign(b"data"))


@pytest.mark.oracle("softhsm2-util")
def test_a_token_that_knows_no_pss_is_the_operators_to_mend(plugged: SoftToken) -> None:
    rsa, ec = (Pkcs11Key.find(Pkcs11Uri.read(plugged.make(name, name))) for name in ("rsa3072", "p256"))
    plugged.do_without("CKM_RSA_PKCS_PSS", "CKM_SHA256_RSA_PKCS_PSS")
    for _ in range(2):
        with pytest.raises(SettingsError, match="token-mechanism") as caught:
            rsa.sign(b"data")
        assert caught.value.params["key"] == "signflow/rsa3072"
        assert holds(ec.public_key, b"data", ec.sign(b"data"))


@pytest.mark.oracle("softhsm2-util")
def test_a_pin_that_others_can_read_is_refused(plugged: SoftToken) -> None:
    uri = Pkcs11Uri.read(plugged.make("seal", "p256"))
    plugged.restart()
    plugged.pin_file.chmod(0o644)
    with pytest.raises(SettingsError, match="vault-permissions"):
        Pkcs11Key.find(uri)


def test_a_uri_is_read_with_its_escapes() -> None:
    uri = Pkcs11Uri.read(
        "pkcs11:token=S%C3%A4vsj%C3%B6%20kommun;id=%01%FF;type=private?pin-source=file:///etc/pin&module-path=/l%20b.so"
    )
    assert uri == Pkcs11Uri(Path("/l b.so"), "Sävsjö kommun", "", "", b"\x01\xff", Path("/etc/pin"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://token",
        "pkcs11:",
        "pkcs11:token=t;object=o",
        "pkcs11:token=t?module-path=/l.so",
        "pkcs11:object=o?module-path=/l.so",
        "pkcs11:token=t;object=o;type=public?module-path=/l.so",
        "pkcs11:token=t;object=o?module-path=/l.so&pin-value=1234",
        "pkcs11:token=t;token=u;object=o?module-path=/l.so",
        "pkcs11:token=t;object=o;colour=red?module-path=/l.so",
        "pkcs11:token;object=o?module-path=/l.so",
        "pkcs11:token=t;object=o?module-path=/l.so&" + "x" * 2000,
    ],
)
def test_an_address_that_is_none_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(SettingsError, match="key-uri") as refused:
        Pkcs11Uri.read(text)
    assert "1234" not in str(refused.value)
