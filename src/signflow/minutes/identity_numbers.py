"""Where personal identity numbers stand in a text, however they are written.

Source: Folkbokföringslagen (1991:481) 18 §: date of birth (the day + 60 in a co-ordination number), birth number and a check
digit by the Luhn formula; with the century, twelve digits, else ten.
"""

from __future__ import annotations

import re
import unicodedata

_FEWEST_DIGITS = 10
_BETWEEN = r"[ ./-]{0,3}"
_DATE = rf"([0-9]{{2}}){_BETWEEN}(0[1-9]|1[0-2]){_BETWEEN}([06][1-9]|[1278][0-9]|[39][01])"
_BIRTH_NUMBER = r"([0-9]{2} ?[0-9] ?[0-9])"
# What follows is not the rest of a second date: `2020-01-01–2020-06-30` is a time, nobody's number.
_END = r"(?![0-9])(?!-[01][0-9]-[0-3][0-9](?![0-9]))"
# Lookaheads, since what begins inside a candidate that fails the check digit may be a number.
_CANDIDATES = tuple(
    re.compile(rf"(?<![0-9])(?=({century}{_DATE}{_BETWEEN}{_BIRTH_NUMBER}){_END})")
    for century in ("", rf"(?:1[89]|20){_BETWEEN}")
)


def find_identity_numbers(text: str) -> tuple[tuple[int, int], ...]:
    """Where valid personal identity numbers and co-ordination numbers stand: begin and end of each, in order.

    They may overlap. Found are also those with other digits than ASCII's, with any dash, with full stops or spaces of any width between
    their parts, and with characters inside that have no width (soft hyphens, joiners).
    """
    if sum(map(str.isdecimal, text)) < _FEWEST_DIGITS:
        return ()
    plain = [(at, _plain(char)) for at, char in enumerate(text) if unicodedata.category(char) != "Cf"]
    line = "".join(char for _, char in plain)
    return tuple(
        sorted(
            (plain[match.start(1)][0], plain[match.end(1) - 1][0] + 1)
            for pattern in _CANDIDATES
            for match in pattern.finditer(line)
            if _has_valid_check_digit("".join(match.group(2, 3, 4, 5)))
        )
    )


def _plain(char: str) -> str:
    """A digit, a space or a hyphen for whatever looks like one; one character for one."""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if char.isspace():
        return " "
    return "-" if char in "+−" or unicodedata.category(char) == "Pd" else char


def _has_valid_check_digit(written: str) -> bool:
    digits = [int(char) for char in written if char != " "]
    doubled = (digit * (2 - position % 2) for position, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
