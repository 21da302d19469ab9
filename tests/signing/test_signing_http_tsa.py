"""A time-stamping authority on the other side of a real connection: what is believed, what is not, and what it costs."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
from collections.abc import Callable, Iterator

import pytest
from asn1crypto import cms, tsp
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from time_authority import TIME_STAMPING, Serving, TimeAuthority, now

from signflow.errors import UnavailableError
from signflow.signing.timestamps.tsa import ReadyTsa

IMPRINT = b"\x01" * 32


@pytest.fixture
def serving() -> Iterator[Serving]:
    with Serving() as one:
        yield one


@pytest.fixture
def authority(serving: Serving) -> TimeAuthority:
    return serving.authority


def ready(authority: TimeAuthority) -> ReadyTsa:
    return authority.client().ready(now())


def test_a_real_authority_is_asked_and_its_time_is_close_to_ours(authority: TimeAuthority) -> None:
    asked = ready(authority)
    stamp = asked.stamp(IMPRINT)
    assert abs(stamp.at - now()) < dt.timedelta(seconds=5)
    assert (stamp.source, stamp.local) == (authority.url, False)
    assert len(asked.crls) == 1
    assert abs(len(stamp.token) - asked.token_bytes) < 16


def test_a_signature_costs_one_request_once_the_authority_is_known(authority: TimeAuthority) -> None:
    tsa = authority.client()
    for _ in range(3):
        tsa.ready(now()).stamp(IMPRINT)
    assert authority.asked == ["POST /", "GET /tsa.crl", "POST /", "POST /", "POST /"]


def test_what_was_learned_is_learned_anew_the_next_day(authority: TimeAuthority) -> None:
    passed = [dt.timedelta(0)]
    authority.clock = lambda: now() + passed[-1]
    tsa = authority.client()
    asked: list[int] = []
    for hours in (0, 23, 25, 26, 48):
        passed.append(dt.timedelta(hours=hours))
        tsa.ready(authority.clock())
        asked.append(authority.asked.count("POST /"))
    assert asked == [1, 1, 2, 2, 2]


def test_an_authority_whose_root_we_do_not_trust_gives_no_timestamp_and_sends_us_nowhere(
    authority: TimeAuthority,
) -> None:
    stranger = TimeAuthority(authority.url)
    with pytest.raises(UnavailableError, match="untrusted"):
        stranger.client().ready(now())
    assert authority.asked == ["POST /"]  # where its certificate says that lists lie is not looked


def test_an_authority_that_changes_its_key_is_met_anew(authority: TimeAuthority) -> None:
    tsa = authority.client()
    before = tsa.ready(now())
    before.stamp(IMPRINT)
    authority.unit = authority.new_unit()
    with pytest.raises(UnavailableError, match="tsa-changed"):
        before.stamp(IMPRINT)  # what was to be embedded does not speak for this key
    after = tsa.ready(now())
    assert after.stamp(IMPRINT)
    assert len(after.certificates) == 2


def test_the_policy_agreed_on_is_the_only_one(authority: TimeAuthority) -> None:
    with pytest.raises(UnavailableError, match="policy"):
        authority.client(policy="1.2.752.1").ready(now())
    info = tsp.TimeStampResp.load(authority.answer(_request()))["time_stamp_token"]["content"]
    policy = info["encap_content_info"]["content"].parsed["policy"].dotted
    assert authority.client(policy=policy).ready(now()).stamp(IMPRINT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"critical": False},
        {"usages": ()},
        {"usages": (*TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING)},
        {"usages": (ExtendedKeyUsageOID.CODE_SIGNING,)},
    ],
    ids=["not critical", "none", "two", "another"],
)
def test_a_certificate_that_is_not_for_timestamping_alone(authority: TimeAuthority, wrong: dict[str, object]) -> None:
    authority.unit = authority.new_unit(**wrong)  # type: ignore[arg-type]
    with pytest.raises(UnavailableError, match="extended key usage"):
        ready(authority)


def test_a_key_that_has_had_its_day_counts_as_none(authority: TimeAuthority) -> None:
    authority.unit = authority.new_unit(key=rsa.generate_private_key(65537, 3072))
    assert ready(authority).stamp(IMPRINT)
    authority.unit = authority.new_unit(key=rsa.generate_private_key(65537, 1024))  # noqa: S505 -- that is the fault
    with pytest.raises(UnavailableError, match="CRYPTO_CONSTRAINTS"):
        ready(authority)


@pytest.mark.parametrize("off", [dt.timedelta(minutes=-4), dt.timedelta(minutes=4)], ids=["behind", "ahead"])
def test_a_clock_that_is_off_counts_as_none(authority: TimeAuthority, off: dt.timedelta) -> None:
    with pytest.raises(UnavailableError, match="time"):
        authority.client(clock=lambda: now() - off).ready(now())


def test_a_revoked_key_counts_as_none(authority: TimeAuthority) -> None:
    authority.revoked.add(authority.unit.certificate.serial_number)
    with pytest.raises(UnavailableError, match="REVOKED"):
        ready(authority)


def test_a_responder_is_asked_where_there_is_no_list(authority: TimeAuthority) -> None:
    authority.unit = authority.new_unit(lists=(), responder=True)
    asked = ready(authority)
    assert asked.stamp(IMPRINT)
    assert (len(asked.crls), len(asked.ocsps)) == (0, 1)
    assert authority.asked == ["POST /", "POST /ocsp", "POST /"]


def test_a_responder_that_says_revoked_is_believed(authority: TimeAuthority) -> None:
    authority.unit = authority.new_unit(lists=(), responder=True)
    authority.revoked.add(authority.unit.certificate.serial_number)
    with pytest.raises(UnavailableError, match="REVOKED"):
        ready(authority)


def test_the_next_source_is_asked_when_one_is_away(authority: TimeAuthority) -> None:
    authority.unit = authority.new_unit(lists=("/away.crl", "/tsa.crl"), responder=True)
    authority.down = {"/away.crl"}
    assert len(ready(authority).crls) == 1
    authority.down = {"/away.crl", "/tsa.crl"}
    assert len(ready(authority).ocsps) == 1


def test_a_certificate_that_nobody_speaks_for_counts_as_none(authority: TimeAuthority) -> None:
    authority.unit = authority.new_unit(lists=())
    with pytest.raises(UnavailableError, match="tsa-invalid"):
        ready(authority)


def test_a_list_that_cannot_be_had_is_bridged_while_the_last_one_is_current(authority: TimeAuthority) -> None:
    tsa = authority.client()
    tsa.ready(now())
    authority.down = {"/tsa.crl"}
    assert tsa.ready(now() + dt.timedelta(hours=2)).crls
    with pytest.raises(UnavailableError, match="revocation-unavailable"):
        tsa.ready(now() + dt.timedelta(hours=23, minutes=59, seconds=30))


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"", "revocation-unavailable"), (b"\x30\x03abc", "revocation-unavailable"), (b"x" * 2_000_001, "size")],
    ids=["empty", "torn", "long"],
)
def test_a_list_that_is_none(
    authority: TimeAuthority, body: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authority, "crl", lambda: body)
    with pytest.raises(UnavailableError, match=reason):
        ready(authority)


def test_a_list_that_is_out_of_date(authority: TimeAuthority) -> None:
    authority.crl_life = dt.timedelta(seconds=30)
    with pytest.raises(UnavailableError, match="not current"):
        ready(authority)


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 500, 503])
def test_any_other_status_counts_as_no_answer(authority: TimeAuthority, status: int) -> None:
    authority.status, authority.headers = status, {"Location": f"{authority.url}/elsewhere"}
    with pytest.raises(UnavailableError, match=f"HTTP {status}"):
        ready(authority)
    assert authority.asked == ["POST /"]


def test_a_compressed_answer_is_not_unpacked(authority: TimeAuthority) -> None:
    authority.change, authority.headers = gzip.compress, {"Content-Encoding": "gzip"}
    with pytest.raises(UnavailableError, match="content encoding"):
        ready(authority)


def test_a_server_that_drips_is_given_up_in_time(authority: TimeAuthority) -> None:
    authority.drip_s = 0.2
    with pytest.raises(UnavailableError, match="timeout"):
        authority.client(within_s=1).ready(now())


def test_the_account_goes_with_the_request_and_nowhere_else(
    authority: TimeAuthority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    tsa = authority.client(user="kommunen", password="hemligt-ord")
    tsa.ready(now())
    account = "Basic " + base64.b64encode(b"kommunen:hemligt-ord").decode()
    assert authority.accounts == [account]  # the lists are fetched without it
    authority.status = 401
    with pytest.raises(UnavailableError) as caught:
        tsa.ready(now() + dt.timedelta(days=2))
    seen = f"{caught.value} {caught.value.params} {tsa.address!r} {caplog.text}"
    assert "hemligt" not in seen
    assert account not in seen


def _request(imprint: bytes = IMPRINT) -> bytes:
    asked = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": imprint}
    return tsp.TimeStampReq({"version": "v1", "message_imprint": asked, "nonce": 7, "cert_req": True}).dump()


def _without_naming(answer: bytes) -> bytes:
    """The token without the attribute that names its certificate; its signature does not hold any more either."""
    response = tsp.TimeStampResp.load(answer)
    (signer,) = response["time_stamp_token"]["content"]["signer_infos"]
    kept = [one for one in signer["signed_attrs"] if one["type"].native != "signing_certificate_v2"]
    signer["signed_attrs"] = cms.CMSAttributes(kept)
    return response.dump(force=True)


def _twice_signed(answer: bytes) -> bytes:
    response = tsp.TimeStampResp.load(answer)
    signed = response["time_stamp_token"]["content"]
    signed["signer_infos"] = [signed["signer_infos"][0], signed["signer_infos"][0]]
    return response.dump(force=True)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_without_naming, "not named"),
        (_twice_signed, "tsa-invalid"),
        (lambda answer: answer.replace(b"\x02\x01\x01\x06", b"\x02\x01\x02\x06", 1), "version"),
        (lambda answer: answer.replace(bytes(32), IMPRINT), "tsa-invalid"),
        (lambda answer: answer[:-3], "tsa-invalid"),
        (lambda answer: answer + b"\x00", "tsa-invalid"),
        (lambda _: tsp.TimeStampResp.load(TimeAuthority().answer(_request())).dump(), "nonce|imprint"),
    ],
    ids=["unnamed", "two signers", "version", "imprint", "torn", "tail", "another's"],
)
def test_an_answer_that_is_not_whole(authority: TimeAuthority, change: Callable[[bytes], bytes], reason: str) -> None:
    authority.change = change
    with pytest.raises(UnavailableError, match=reason):
        ready(authority)
