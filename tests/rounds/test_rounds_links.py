"""Links and codes: bound to what they are for, and refused when anything of it differs."""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from signflow.rounds.links import LinkKey, link_digest

KEY = LinkKey(bytes(range(32)))
_PARTS = st.tuples(
    st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=1, max_size=12),
    st.integers(1, 50),
    st.sampled_from(["secretary", "chair", "chair-2", "adjuster-1", "adjuster-2"]),
    st.text("0123456789abcdef", min_size=64, max_size=64),
)


@given(_PARTS, _PARTS, st.binary(min_size=32, max_size=32))
def test_a_token_dies_with_any_part_of_what_it_is_for(
    one: tuple[str, int, str, str], other: tuple[str, int, str, str], secret: bytes
) -> None:
    token = KEY.token(*one)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert KEY.token(*one) == token
    for position in range(4):
        changed = [*one]
        changed[position] = other[position]
        assume(tuple(changed) != one)
        assert KEY.token(*changed) != token  # type: ignore[arg-type] -- a tuple's parts put back by position
    assume(secret != KEY.secret)
    assert LinkKey(secret).token(*one) != token


@given(st.text("0123456789abcdef", min_size=32, max_size=32))
def test_a_code_is_six_digits_and_always_the_same(challenge: str) -> None:
    code = KEY.code(challenge)
    assert re.fullmatch(r"[0-9]{6}", code)
    assert KEY.code(challenge) == code
    assert KEY.code_matches(challenge, f" {code[:3]} {code[3:]}\n")


@given(st.text())
def test_whatever_is_typed_is_right_or_wrong_and_never_a_failure(typed: str) -> None:
    assert KEY.code_matches("c", typed) == ("".join(typed.split()) == KEY.code("c"))


def test_digits_of_other_scripts_are_not_the_code() -> None:
    code = KEY.code("c")
    assert not KEY.code_matches("c", code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
    assert not KEY.code_matches("c", "")
    assert not KEY.code_matches("c", code + "0")


def test_codes_are_spread_over_all_six_digits() -> None:
    codes = [KEY.code(str(number)) for number in range(5000)]
    assert len(set(codes)) > 4900
    for position in range(6):
        assert {code[position] for code in codes} == set("0123456789")


def test_a_link_and_a_code_for_the_same_words_differ() -> None:
    assert KEY.token("c", 1, "secretary", "d") != KEY.token("c", 1, "secretary", "e")
    assert LinkKey(b"a" * 32).code("c") != LinkKey(b"b" * 32).code("c")


def test_the_database_knows_a_token_by_its_digest_only() -> None:
    token = KEY.token("doc", 1, "secretary", "0" * 64)
    digest = link_digest(token)
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    assert token not in digest
    assert link_digest(token[:-1] + ("A" if token[-1] != "A" else "B")) != digest


def test_a_key_does_not_show_itself() -> None:
    assert bytes(range(32)).hex() not in repr(KEY)
    assert repr(KEY.secret) not in repr(KEY)
