"""Identity numbers are found however they are written; dates, sums and telephone numbers are let be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from identity_writing import check_digit, written

from signflow.minutes.identity_numbers import find_identity_numbers


@given(written(), st.sampled_from(["", "pnr ", "12 ", "Anna\u00a0", "("]), st.sampled_from(["", ".", " 15", ")", "/"]))
def test_a_number_is_found_whole(number: tuple[str, str], before: str, after: str) -> None:
    text = before + number[1] + after
    begin, end = len(before), len(before) + len(number[1])
    assert any(first <= begin and last >= end for first, last in find_identity_numbers(text))


@given(written(), written())
def test_numbers_beside_each_other_are_both_found(one: tuple[str, str], other: tuple[str, str]) -> None:
    text = f"{one[1]}, {other[1]}"
    found = "".join(text[first:last] for first, last in find_identity_numbers(text))
    assert one[0][-4:] in "".join(filter(str.isdigit, found))
    assert other[0][-4:] in "".join(filter(str.isdigit, found))


@given(written())
def test_a_wrong_check_digit_is_no_number(number: tuple[str, str]) -> None:
    nine, last = number[0][:9], number[0][9]
    assert check_digit(nine) == last
    wrong = f"{nine[:6]}-{nine[6:]}{(int(last) + 1) % 10}"
    assert find_identity_numbers(wrong) == ()


def test_digits_of_other_scripts_count() -> None:
    assert find_identity_numbers("٨١١٢١٨-٩٨٧٦")
    assert find_identity_numbers("811218-9876")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-01-15–2024-02-20",
        "2020-01-01 – 2020-12-31, 2021-01-01 – 2021-12-31",
        "1 250 000 kr, 12 345 678 kr",
        "08-550 210 00",
        "556703-7485",  # an organisation's number
        "KS 2024/0123",
        "2024-03-12 kl. 13.00–15.00",
        "2024-03-12 13–15",
        "2024-03-12 13.15",
        "811218987612345",
    ],
)
def test_what_is_no_identity_number(text: str) -> None:
    assert find_identity_numbers(text) == ()


@given(st.text(alphabet="0123456789 -.\u00ad\u00a0ab", max_size=400))
def test_what_is_found_lies_in_the_text(text: str) -> None:
    assert all(0 <= first < last <= len(text) for first, last in find_identity_numbers(text))
