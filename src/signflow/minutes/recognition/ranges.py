"""Ranges of items as people write them: `Paragrafer 94–99`, `§§ 94, 96–99`, `§ 95`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from signflow.minutes.model import ItemRange

_CELL_CHARACTERS = 200
_RUNS_SHOWN = 5
_PIECE = r"[1-9][0-9]{0,5}(?:\s?[-–—]\s?[1-9][0-9]{0,5})?"
_LIST = rf"{_PIECE}(?:\s?(?:,|och|samt|and|&)\s?{_PIECE})*"
_SIGN = r"(?:(?:justerade\s)?paragraf(?:er|erna)?|§{1,2}|punkt(?:er)?|ärenden?|items?|sections?|paragraphs?)\s?(?:nr\.?)?:?\s?(?:§{1,2}\s?)?"
_SIGNED = re.compile(rf"\(?{_SIGN}(?P<list>{_LIST})\)?\.?", re.IGNORECASE)
_AT_END = re.compile(
    rf"[\s,;(]+(?:{_SIGN}{_LIST}\)?|[1-9][0-9]{{0,5}}\s?[-–—]\s?[1-9][0-9]{{0,5}}(?:,\s?{_PIECE})*)\.?$", re.IGNORECASE
)
_UNSIGNED = re.compile(rf"(?P<list>{_LIST})")
_NUMBER_OR_RANGE = re.compile(r"([0-9]+)(?:\s?[-–—]\s?([0-9]+))?")


def read_ranges(text: str, *, signed: bool = True) -> tuple[ItemRange, ...]:
    """The ranges that the text is, as a whole; empty where it is something else, or a range ends before it begins.

    Args:
        text: A cell, a line, or what stands after a label.
        signed: Whether it must say that it is about items (`§`, `Paragrafer`), so that a date or a year is none.
    """
    match = _SIGNED.fullmatch(text.strip()) or (None if signed else _UNSIGNED.fullmatch(text.strip()))
    if not match:
        return ()
    pairs = [(int(first), int(last or first)) for first, last in _NUMBER_OR_RANGE.findall(match["list"])]
    return tuple(ItemRange(*pair) for pair in pairs) if all(first <= last for first, last in pairs) else ()


def split_ranges(text: str) -> tuple[str, str] | None:
    """The text divided before the ranges that end it (`Eva Ros (S), §§ 94–96`); None where there are none or nothing else."""
    match = _AT_END.search(text) if len(text) <= _CELL_CHARACTERS else None
    head = text[: match.start()].rstrip(" ,;") if match else ""
    tail = match[0].strip(" ,;(") if match else ""
    if "(" not in tail and tail.endswith(")"):
        tail = tail[:-1]
    return (head, tail) if head and read_ranges(tail, signed=False) else None


def written_ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers as a person writes them, `94, 96–98`; of very many the first."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    return ", ".join("–".join(map(str, run)) for run in runs[:_RUNS_SHOWN]) + (" …" if runs[_RUNS_SHOWN:] else "")
