"""Personal identity numbers that are valid, and the ways in which people write them."""

from __future__ import annotations

from hypothesis import strategies as st

SEPARATORS = ["-", "+", " ", "", "\u00a0", "\u2011", "–", "−", " - ", "\u00ad", "\u202f", "-\u2060", "- "]


def check_digit(nine: str) -> str:
    """By the Luhn formula."""
    doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(nine)]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def _number(year: int, month: int, day: int, birth: int, *, coordination: bool) -> str:
    nine = f"{year % 100:02}{month:02}{day + 60 * coordination:02}{birth:03}"
    return f"{year // 100}{nine}{check_digit(nine)}"


numbers = st.builds(
    _number,
    st.integers(1890, 2024),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
    coordination=st.booleans(),
)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A number's last ten digits, and the number as somebody wrote it."""
    number = draw(numbers)
    digits = number if draw(st.booleans()) else number[2:]
    date, birth = digits[:-4], digits[-4:]
    inside = draw(st.sampled_from(["", "", "", " ", "-", ".", "\u00a0", "\u200b"]))
    pairs = [date[at : at + 2] for at in range(0, len(date), 2)]
    last = draw(st.sampled_from([birth, birth, f"{birth[:2]} {birth[2:]}", f"{birth[:3]} {birth[3:]}"]))
    return number[2:], inside.join(pairs) + draw(st.sampled_from(SEPARATORS)) + last
