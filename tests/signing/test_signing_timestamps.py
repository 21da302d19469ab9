"""Authorities of time: ours, one outside, and one that misbehaves."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

import httpx
import pytest
from asn1crypto import tsp
from signing_house import NOW, SEAL_FIELD, SECRETARY, House, Stages, authentication, open_house
from signing_paper import build_stamp

from signflow.errors import UnavailableError
from signflow.line import Line
from signflow.signing import oids
from signflow.signing.gate import check_signature_added
from signflow.signing.outside.revocation import RevocationSources
from signflow.signing.pades.sign import SealRequest, SignatureRequest, apply_seal, apply_signature
from signflow.signing.report import Indication, Level
from signflow.signing.timestamps.http import HttpTsa, TsaAddress
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.timestamps.tsa import TimestampAnswer
from signflow.signing.trust import Trust
from signflow.signing.validation.validate import validate_pdf

URL = "https://tsa.example/tsr"
Answer = Callable[[httpx.Request], httpx.Response]


def query(data: bytes = b"x", digest: str = "sha256", **fields: object) -> tsp.TimeStampReq:
    imprint = {"hash_algorithm": {"algorithm": digest}, "hashed_message": hashlib.new(digest, data).digest()}
    return tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True, **fields})


def outside(
    house: House, *, change: Callable[[bytes], bytes] = bytes, media_type: str = "application/timestamp-reply"
) -> Answer:
    """Another installation's authority behind HTTP, with its revocation list."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, content=house.authority.crls(NOW)["tsa-root"])
        return httpx.Response(
            200, content=change(house.tsa.respond(request.read())), headers={"content-type": media_type}
        )

    return answer


def http_tsa(answer: Answer, trust: Trust, now: dt.datetime = NOW) -> HttpTsa:
    line = Line(2.0, transport=httpx.MockTransport(answer))
    return HttpTsa(TsaAddress(URL), trust.parsed_tsa_roots, line, RevocationSources(line), lambda: now)


@pytest.fixture(scope="module")
def neighbour(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("neighbour") / "authority", "Grannkommun")


def request() -> SignatureRequest:
    return SignatureRequest(*SECRETARY, "Sekreterare", None, authentication(), build_stamp("Anna Söderström"))


def test_the_local_authority_gives_back_nonce_and_imprint(house: House) -> None:
    asked = query(nonce=4711)
    info = tsp.TimeStampResp.load(house.tsa.respond(asked.dump()))["time_stamp_token"]["content"]
    content = info["encap_content_info"]["content"].parsed
    assert content["nonce"].native == 4711
    assert content["message_imprint"].dump() == asked["message_imprint"].dump()
    assert content["gen_time"].native == NOW.replace(microsecond=0)
    assert content["policy"].native == oids.LOCAL_TIMESTAMP_POLICY
    attributes = {attribute["type"].native for attribute in info["signer_infos"][0]["signed_attrs"]}
    assert attributes == {"content_type", "signing_certificate_v2", "message_digest"}


def test_serial_numbers_differ(house: House) -> None:
    tokens = [tsp.TimeStampResp.load(house.tsa.respond(query().dump())) for _ in range(20)]
    serials = {
        token["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed["serial_number"].native
        for token in tokens
    }
    assert len(serials) == 20
    assert min(serials) > 2**64


def test_without_being_asked_the_certificates_stay_away(house: House) -> None:
    asked = query()
    asked["cert_req"] = False
    token = tsp.TimeStampResp.load(house.tsa.respond(asked.dump()))["time_stamp_token"]["content"]
    assert token["certificates"].native is None


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (b"", "bad_data_format"),
        (b"\x30\x03abc", "bad_data_format"),
        (query(digest="sha1").dump(), "bad_alg"),
        (query(digest="md5").dump(), "bad_alg"),
        (query(req_policy="1.2.3").dump(), "unaccepted_policy"),
        (
            tsp.TimeStampReq(
                {
                    "version": "v1",
                    "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"short"},
                }
            ).dump(),
            "bad_data_format",
        ),
    ],
    ids=["empty", "torn", "sha1", "md5", "policy", "short"],
)
def test_a_request_that_cannot_be_granted_is_told_why(house: House, asked: bytes, reason: str) -> None:
    answer = TimestampAnswer.load(house.tsa.respond(asked))
    assert answer["status"]["status"].native == "rejection"
    assert answer["status"]["fail_info"].native == {reason}


def test_a_signature_with_an_authority_outside_lasts(house: House, neighbour: House, original: bytes) -> None:
    trust = Trust((house.authority.root_pem,), (neighbour.authority.tsa_root_pem,))
    signed = apply_signature(original, request(), house.authority, http_tsa(outside(neighbour), trust), now=NOW)
    added = check_signature_added(original, signed, *SECRETARY, trust, NOW)
    assert added.signature.level is Level.LONG_TERM
    assert added.signature.timestamp is not None
    assert added.signature.timestamp.authority == "Grannkommun Lokal tidsstämpling"


def failing(error: type[httpx.TransportError]) -> Answer:
    def answer(asked: httpx.Request) -> httpx.Response:
        raise error("down", request=asked)

    return answer


def status(code: int) -> Answer:
    return lambda _: httpx.Response(code)


@pytest.mark.parametrize(
    "answer",
    [failing(httpx.ConnectError), failing(httpx.ReadTimeout), status(500), status(404), status(301)],
    ids=["refused", "timeout", "500", "404", "redirect"],
)
def test_an_authority_that_does_not_answer_leaves_no_bytes(house: House, original: bytes, answer: Answer) -> None:
    with pytest.raises(UnavailableError, match="tsa-unavailable") as caught:
        apply_signature(original, request(), house.authority, http_tsa(answer, house.trust()), now=NOW)
    assert caught.value.params["url"] == URL


def test_a_seal_without_an_authority_leaves_no_bytes(house: House, stages: Stages) -> None:
    complete = house.complete(stages.adjuster, stages.original)
    seal = SealRequest(SEAL_FIELD, None, build_stamp("Provkommun"))
    with pytest.raises(UnavailableError):
        apply_seal(complete, seal, house.authority, http_tsa(status(503), house.trust()), now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda answer: answer[:-1],
        lambda answer: answer[:-1] + bytes([answer[-1] ^ 1]),
        lambda answer: answer.replace(b"\x02\x08", b"\x02\x08\x00", 1),
    ],
    ids=["empty", "torn", "signature", "nonce"],
)
def test_an_answer_that_is_not_what_was_asked_for_counts_as_none(
    house: House, original: bytes, change: Callable[[bytes], bytes]
) -> None:
    tsa = http_tsa(outside(house, change=change), house.trust())
    with pytest.raises(UnavailableError, match="tsa-invalid"):
        apply_signature(original, request(), house.authority, tsa, now=NOW)


def test_an_answer_without_end_is_not_read_to_its_end(house: House) -> None:
    tsa = http_tsa(outside(house, change=lambda _: b"x" * 2_000_000), house.trust())
    with pytest.raises(UnavailableError, match="size"):
        tsa.ready(NOW)


def test_a_token_for_something_else_counts_as_none(house: House, original: bytes) -> None:
    other = house.tsa.respond(query(b"something else", nonce=1).dump())
    tsa = http_tsa(outside(house, change=lambda _: other), house.trust())
    with pytest.raises(UnavailableError, match="imprint"):
        apply_signature(original, request(), house.authority, tsa, now=NOW)


def test_an_authority_that_refuses_is_named(house: House, original: bytes) -> None:
    refusal = house.tsa.respond(b"")
    tsa = http_tsa(outside(house, change=lambda _: refusal), house.trust())
    with pytest.raises(UnavailableError, match="tsa-refused"):
        apply_signature(original, request(), house.authority, tsa, now=NOW)


def test_an_authority_nobody_trusts_counts_as_none(house: House, neighbour: House, original: bytes) -> None:
    with pytest.raises(UnavailableError, match="untrusted"):
        apply_signature(original, request(), house.authority, http_tsa(outside(neighbour), house.trust()), now=NOW)


def test_an_authority_whose_clock_is_wrong_counts_as_none(house: House, original: bytes) -> None:
    tsa = http_tsa(outside(house), house.trust(), now=NOW + dt.timedelta(hours=1))
    with pytest.raises(UnavailableError, match="time"):
        apply_signature(original, request(), house.authority, tsa, now=NOW)


def test_another_media_type_counts_as_none(house: House, original: bytes) -> None:
    tsa = http_tsa(outside(house, media_type="text/html"), house.trust())
    with pytest.raises(UnavailableError, match="tsa-invalid"):
        apply_signature(original, request(), house.authority, tsa, now=NOW)


def test_a_revocation_list_that_cannot_be_had_leaves_no_bytes(house: House, neighbour: House, original: bytes) -> None:
    trust = Trust((house.authority.root_pem,), (neighbour.authority.tsa_root_pem,))

    def answer(asked: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if asked.method == "GET" else outside(neighbour)(asked)

    with pytest.raises(UnavailableError, match="revocation-unavailable"):
        apply_signature(original, request(), house.authority, http_tsa(answer, trust), now=NOW)


def test_a_timestamp_from_the_future_is_not_believed(house: House, original: bytes) -> None:
    later = NOW + dt.timedelta(minutes=20)
    signed = apply_signature(original, request(), house.authority, LocalTsa(house.authority, lambda: later), now=NOW)
    report = validate_pdf(signed, house.trust(), at=NOW)
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication == "TIMESTAMP_ORDER_FAILURE"


def test_a_signature_stamped_after_its_certificate_was_over_is_not_valid(house: House, original: bytes) -> None:
    later = NOW + dt.timedelta(minutes=31)
    signed = apply_signature(original, request(), house.authority, LocalTsa(house.authority, lambda: later), now=NOW)
    report = validate_pdf(signed, house.trust(), at=later)
    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, "OUT_OF_BOUNDS_NO_POE")
