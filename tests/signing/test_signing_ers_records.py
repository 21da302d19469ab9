"""Evidence records: cut, written, read and judged; whatever is altered proves nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from asn1crypto import core, parser
from ers_paper import Batch, data_objects, lived, made_up
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_house import BEGIN, OutsideTsa, ending, years
from signflow.errors import RefusedError
from signflow.signing.der import SEQUENCE, context, integer, tlv
from signflow.signing.evidence.records import EvidenceRecord, encode_chains, read_record
from signflow.signing.evidence.validate import NOT_IN_RECORD, validate_record, validate_stem
from signflow.signing.report import Indication
from signflow.signing.timestamps.verify import validate_token
from signflow.signing.trust import Trust

NOW = BEGIN + years(22)
PASSED, INDETERMINATE, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED


@pytest.fixture(scope="module")
def batch() -> Batch:
    return lived()


@pytest.mark.parametrize("documents", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("objects", [1, 2, 4])
def test_each_document_is_proven_by_its_own_record_and_by_no_other(documents: int, objects: int) -> None:
    batch = Batch(made_up(documents, objects))
    batch.renew(BEGIN + years(2))
    batch.remake(BEGIN + years(3), "sha384")
    for number, files in enumerate(batch.documents):
        record = read_record(batch.record(number).to_der())
        assert record == batch.record(number)
        report = batch.judge(record, files, BEGIN + years(4))
        assert (report.indication, report.proven_at) == (PASSED, BEGIN)
        assert report.objects == tuple((str(one), True) for one in range(objects))
        if objects > 1:
            assert report.others == 0
            assert batch.judge(record, files[1:], BEGIN + years(4)).others == 1
        # a hash alone shares its list with what stands beside it, which is proven with it
        other = batch.documents[number - 1] if documents > 1 and objects > 1 else [b"another"]
        stranger = batch.judge(record, other, BEGIN + years(4))
        assert (stranger.indication, stranger.sub_indication, stranger.proven_at) == (FAILED, NOT_IN_RECORD, None)


def test_a_record_says_which_digests_are_needed_and_is_der(batch: Batch) -> None:
    der = batch.record(0).to_der()
    assert batch.record(0).digests == ("sha256", "sha512")
    assert core.Sequence.load(der, strict=True).dump(force=True) == der or parser.peek(der) == len(der)
    assert encode_chains(batch.record(0).chains) in der


def test_a_file_among_those_of_the_document_that_is_not_its_own_is_told(batch: Batch) -> None:
    report = batch.judge(batch.record(1), [*batch.documents[1][:2], b"slipped in"], NOW)
    assert report.indication is FAILED
    assert report.objects == (("0", True), ("1", True), ("2", False))


def test_all_bytes_of_a_record_count(batch: Batch) -> None:
    """Only what stands outside every signature and digest may differ: the list of digests at the front."""
    der = batch.record(2).to_der()
    passed_with: list[int] = []
    for position in range(0, len(der), 29):
        altered = der[:position] + bytes((der[position] ^ 0x04,)) + der[position + 1 :]
        try:
            report = batch.judge(read_record(altered), batch.documents[2], NOW)
        except RefusedError:
            continue
        if report.indication is PASSED:
            passed_with.append(position)
    newest = batch.record(2).newest.token
    # the newest token's own certificates and lists are not yet under a later timestamp: nothing of what they prove
    # may change, but bytes of them that prove nothing may
    assert all(position > len(der) - len(newest) or position < 40 for position in passed_with)


@settings(max_examples=60)
@given(st.data())
def test_records_whose_parts_are_moved_prove_nothing(data: st.DataObject) -> None:
    batch = lived(3)
    record = batch.record(data.draw(st.integers(0, 2)))
    chains = [list(chain) for chain in record.chains]
    flat = [(number, place) for number, chain in enumerate(chains) for place in range(len(chain))]
    one, other = data.draw(st.sampled_from(flat)), data.draw(st.sampled_from(flat))
    first, second = chains[one[0]][one[1]], chains[other[0]][other[1]]
    chains[one[0]][one[1]], chains[other[0]][other[1]] = second, first
    moved = EvidenceRecord(tuple(map(tuple, chains)))
    report = batch.judge(moved, batch.documents[0], NOW)
    assert (report.indication is PASSED) == (moved == batch.record(0))


def test_a_record_shortened_is_judged_by_what_is_left(batch: Batch) -> None:
    record = batch.record(0)
    first = EvidenceRecord((record.chains[0][:1],))
    assert batch.judge(first, batch.documents[0], BEGIN + years(5)).indication is PASSED
    assert batch.judge(first, batch.documents[0], NOW).indication is INDETERMINATE
    middle = EvidenceRecord((record.chains[0][1:], record.chains[1]))
    assert batch.judge(middle, batch.documents[0], NOW).indication is FAILED
    without_later = EvidenceRecord(record.chains[:1])
    assert batch.judge(without_later, batch.documents[0], NOW).indication is INDETERMINATE


def test_an_algorithm_that_ended_before_the_tree_was_made_anew_is_told(batch: Batch) -> None:
    in_time, too_late = BEGIN + years(16), BEGIN + years(14)
    files = batch.documents[0]
    # the tokens themselves are signed with SHA-256 too, so this only judges those before it ended
    before = EvidenceRecord(batch.record(0).chains[:1])
    assert batch.judge(before, files, BEGIN + years(15), ending(("sha256", in_time))).indication is PASSED
    report = batch.judge(before, files, BEGIN + years(15), ending(("sha256", too_late)))
    assert (report.indication, report.sub_indication) == (INDETERMINATE, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")


def test_a_renewal_that_came_too_late_mends_nothing() -> None:
    batch = Batch(made_up(2))
    batch.renew(BEGIN + years(11))
    report = batch.judge(batch.record(0), batch.documents[0], BEGIN + years(12))
    assert report.indication is INDETERMINATE
    assert [one.timestamp.indication for one in report.timestamps] == [INDETERMINATE, PASSED]


def test_timestamps_that_go_back_in_time_are_told() -> None:
    batch = Batch(made_up(2))
    batch.tsa.now = BEGIN
    batch.stem = replace(batch.stem)
    tsa = OutsideTsa(BEGIN - years(3))
    batch.authorities.append(tsa)
    batch.tsa = tsa
    batch.renew(BEGIN - years(1))
    report = batch.judge(batch.record(0), batch.documents[0], BEGIN + years(1))
    assert report.indication is not PASSED


def test_without_the_root_nothing_is_proven(batch: Batch) -> None:
    nobody = Trust(roots=(), tsa_roots=())
    report = validate_record(batch.record(0), data_objects(batch.documents[0]), nobody, at=NOW, algorithms=ending())
    assert report.indication is INDETERMINATE
    without_one = Trust(roots=(), tsa_roots=tuple(one.root_pem for one in batch.authorities[1:]))
    report = validate_record(
        batch.record(0), data_objects(batch.documents[0]), without_one, at=NOW, algorithms=ending()
    )
    assert report.timestamps[0].timestamp.indication is INDETERMINATE


def test_a_stem_is_judged_by_the_roots_of_its_trees(batch: Batch) -> None:
    roots = [tree.root for tree in batch.trees]
    good = validate_stem(batch.stem, roots, batch.trust, at=NOW, algorithms=ending())
    assert {one.timestamp.indication for one in good} == {PASSED}
    swapped = validate_stem(batch.stem, [roots[0], bytes(64)], batch.trust, at=NOW, algorithms=ending())
    assert swapped[3].timestamp.indication is FAILED
    with pytest.raises(ValueError, match="1"):
        validate_stem(batch.stem, roots[:1], batch.trust, at=NOW, algorithms=ending())


def test_many_stems_are_renewed_by_one_token() -> None:
    tsa = OutsideTsa(BEGIN)
    batches = [Batch(made_up(2, 2), tsa) for _ in range(50)]
    asked = tsa.calls
    batches[0].renew(BEGIN + years(1), [one.stem for one in batches[1:]])
    assert tsa.calls == asked + 1


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30\x00",
        b"\x30\x80\x00\x00",
        b"not DER at all",
        tlv(SEQUENCE, integer(2), tlv(SEQUENCE), tlv(SEQUENCE)),
        tlv(SEQUENCE, integer(1), tlv(SEQUENCE), tlv(SEQUENCE)),
        tlv(SEQUENCE, integer(1), tlv(SEQUENCE), tlv(SEQUENCE, tlv(SEQUENCE))),
        tlv(SEQUENCE, integer(1), tlv(SEQUENCE), context(1, integer(0)), tlv(SEQUENCE)),
        tlv(SEQUENCE, integer(1), tlv(SEQUENCE), tlv(SEQUENCE, tlv(SEQUENCE, tlv(SEQUENCE, b"\x05\x00")))),
        tlv(SEQUENCE, integer(1), tlv(SEQUENCE), tlv(SEQUENCE, *[tlv(SEQUENCE)] * 101)),
    ],
    ids=str,
)
def test_what_is_no_record_is_refused(der: bytes) -> None:
    with pytest.raises(RefusedError, match="evidence-unreadable"):
        read_record(der)


def test_a_record_with_what_we_do_not_write_is_read(batch: Batch) -> None:
    """Other makers leave the digest out, and add attributes and material for validation."""
    record = batch.record(0)
    algorithms = tlv(SEQUENCE, tlv(SEQUENCE, bytes.fromhex("0609608648016503040201"), b"\x05\x00"))
    attribute = tlv(SEQUENCE, bytes.fromhex("06032a0304"), tlv(0x31, integer(7)))
    lists = [tlv(SEQUENCE, *(tlv(0x04, one) for one in row)) for row in record.chains[0][0].reduced]
    stamp = tlv(SEQUENCE, context(1, attribute), context(2, *lists), record.chains[0][0].token)
    der = tlv(SEQUENCE, integer(1), algorithms, context(0, attribute), tlv(SEQUENCE, tlv(SEQUENCE, stamp)))
    assert read_record(der) == EvidenceRecord((record.chains[0][:1],))


@given(st.binary(max_size=400))
def test_random_bytes_are_refused_and_no_more(der: bytes) -> None:
    with pytest.raises(RefusedError):
        read_record(tlv(SEQUENCE, integer(1), tlv(SEQUENCE), tlv(SEQUENCE, tlv(SEQUENCE, tlv(SEQUENCE, der)))))


def test_a_revoked_authority_is_told_by_a_fresh_list() -> None:
    batch = Batch(made_up(2))
    batch.tsa.revoked_at = BEGIN + dt.timedelta(days=2)
    at = BEGIN + dt.timedelta(days=3)
    trust = replace(batch.trust, crls=(batch.tsa.crl(at).dump(),))
    report = validate_record(batch.record(0), data_objects(batch.documents[0]), trust, at=at, algorithms=ending())
    assert report.indication is not PASSED
    assert validate_token(batch.stem.newest.token, batch.trees[0].root, batch.trust, at=at).indication is PASSED
