"""Seeded mutations of honest files: the same seed, the same damage."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from attack_papers import Papers
from attack_pdf import Place, places, with_contents

BASES = ("secretary", "adjuster", "sealed", "renewed", "form_signed", "foreign", "roomy_alone")
OTHERS = ("other_secretary", "other_adjuster", "other_sealed")
_NAME = re.compile(rb"/[A-Za-z]{2,}")
_NUMBER = re.compile(rb"(?<![\w.])\d{1,10}(?![\w.])")
_TOKEN = re.compile(
    rb"\b(obj|endobj|stream|endstream|xref|trailer|startxref|R|true|false|null|n|f)\b|<<|>>|\[|\]|%%EOF"
)
_ROW = re.compile(rb"\d{10} \d{5} [nf]")
HEXADECIMAL = re.compile(rb"<[0-9A-Fa-f\s]*>")
_TOKENS = (
    b"obj",
    b"endobj",
    b"stream",
    b"xref",
    b"trailer",
    b"R",
    b"true",
    b"null",
    b"<<",
    b">>",
    b"[",
    b"]",
    b"%",
    b"(",
)

Mutate = Callable[[random.Random, bytes, bytes], bytes]


@dataclass(frozen=True)
class Mutant:
    """A damaged file.

    Attributes:
        seed: What it was made from, with the papers.
        base: The honest file's name.
        kinds: What was done to it, in order.
        pdf: Its bytes.
    """

    seed: int
    base: str
    kinds: tuple[str, ...]
    pdf: bytes


def mutated(papers: Papers, seed: int) -> Mutant:
    """One to three mutations of an honest file; always another file."""
    chance = random.Random(seed)  # noqa: S311 -- repeatable, nothing secret
    base = chance.choice(BASES)
    honest, other = getattr(papers, base), getattr(papers, chance.choice(BASES + OTHERS))
    pdf, kinds = honest, []
    while pdf == honest or (len(kinds) < 3 and chance.random() < 0.25):
        kind = chance.choice(list(MUTATIONS))
        pdf = MUTATIONS[kind](chance, pdf, other)
        kinds.append(kind)
    return Mutant(seed, base, tuple(kinds), pdf)


def _spliced(pdf: bytes, start: int, end: int, made: bytes) -> bytes:
    return pdf[:start] + made + pdf[end:]


def _found(chance: random.Random, pattern: re.Pattern[bytes], pdf: bytes) -> tuple[int, int]:
    """A match at or after a place drawn by lot, so that no list of all is made; empty where there is none."""
    match = pattern.search(pdf, chance.randrange(len(pdf) + 1)) or pattern.search(pdf)
    return match.span() if match else (0, 0)


def _flip_bits(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    made = bytearray(pdf)
    for _count in range(chance.choice((1, 1, 1, 4, 32))):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def _overwrite(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    start, length = chance.randrange(len(pdf)), chance.randrange(1, 64)
    return _spliced(pdf, start, start + length, chance.randbytes(length))


def _truncate(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    return pdf[: chance.randrange(len(pdf)) or 1]


def _truncate_little(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    return pdf[: -chance.randrange(1, 40)]


def _remove_block(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    start = chance.randrange(len(pdf))
    return _spliced(pdf, start, start + chance.randrange(1, 3000), b"")


def _repeat_block(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    start = chance.randrange(len(pdf))
    block = pdf[start : start + chance.randrange(1, 3000)]
    return _spliced(pdf, start, start, block)


def _swap_blocks(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    length = chance.randrange(1, 500)
    one, two = sorted(chance.randrange(max(1, len(pdf) - 2 * length)) for _n in range(2))
    two = max(two, one + length)
    return pdf[:one] + pdf[two : two + length] + pdf[one + length : two] + pdf[one : one + length] + pdf[two + length :]


def _edit_number(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    start, end = _found(chance, _NUMBER, pdf)
    made = chance.choice((b"0", b"-1", b"%d" % chance.randrange(10**4), b"9" * 12, b"%d" % 2**31, b"1.5"))
    return _spliced(pdf, start, end, made if chance.random() < 0.5 else made[: end - start].rjust(end - start, b"0"))


def _edit_token(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    return _spliced(pdf, *_found(chance, _TOKEN, pdf), chance.choice(_TOKENS))


def _edit_row(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    start, end = _found(chance, _ROW, pdf)
    made = b"%010d %05d %s" % (
        chance.randrange(len(pdf)),
        chance.choice((0, 0, 0, 1)),
        chance.choice((b"n", b"n", b"f")),
    )
    return _spliced(pdf, start, end, made)


def _edit_startxref(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    rows = [match.span() for match in re.finditer(rb"(?<=startxref\n)\d+|(?<=/Prev )\d+", pdf)]
    aims = [match.start() for match in re.finditer(rb"\bxref\b", pdf)] or [0]
    start, end = chance.choice(rows) if rows else (0, 0)
    return _spliced(pdf, start, end, b"%d" % chance.choice((*aims, chance.randrange(len(pdf)))))


def _edit_name(chance: random.Random, pdf: bytes, other: bytes) -> bytes:
    start, end = _found(chance, _NAME, pdf)
    other_start, other_end = _found(chance, _NAME, other)
    return _spliced(pdf, start, end, other[other_start:other_end])


def _insert_entry(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    start, end = _found(chance, re.compile(rb"<<"), pdf)
    entry = chance.choice((b"/F 2", b"/AA << >>", b"/Contents (x)", b"/V null", b"/Type /Sig", b"/Kids []", b"/Prev 0"))
    return _spliced(pdf, start, end, pdf[start:end] + entry)


def _insert_space(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    start = chance.randrange(len(pdf))
    return _spliced(pdf, start, start, chance.choice((b" ", b"\n", b"\r\n", b"\0", b"% x\n")))


def _append(chance: random.Random, pdf: bytes, other: bytes) -> bytes:
    cut = chance.randrange(len(other))
    tails = (
        b"\n",
        b"\r\n",
        b" ",
        b"\0" * 9,
        b"%%EOF\n",
        chance.randbytes(200),
        other[cut:],
        pdf[pdf.rfind(b"xref\n") :],
    )
    return pdf + chance.choice(tails)


def _splice(chance: random.Random, pdf: bytes, other: bytes) -> bytes:
    cut = chance.randrange(len(pdf))
    return pdf[:cut] + other[min(cut, len(other)) if chance.random() < 0.5 else chance.randrange(len(other)) :]


def _place(chance: random.Random, pdf: bytes) -> Place | None:
    whole = [place for place in places(pdf) if _digits(pdf, place) is not None]
    return chance.choice(whole) if whole else None


def _digits(pdf: bytes, place: Place) -> bytearray | None:
    """What the gap holds, unless it is something else by now."""
    gap = pdf[slice(*place.gap)]
    digits = b"".join(gap[1:-1].split())
    return bytearray.fromhex(digits.decode()) if HEXADECIMAL.fullmatch(gap) and len(digits) % 2 == 0 else None


def _edit_padding(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    """Within the gap, where no digest looks."""
    place = _place(chance, pdf)
    if place is None:
        return pdf
    at = chance.randrange(*place.gap)
    return _spliced(pdf, at, at + 1, chance.choice((b"0", b"f", b"F", b" ", b"\n", b">", b"<", b"z", b"%")))


def _edit_case(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    place = _place(chance, pdf)
    return pdf if place is None else _spliced(pdf, *place.gap, pdf[slice(*place.gap)].upper())


def _edit_der(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    """A byte of the signature value: a tag, a length, a digest, a certificate."""
    place = _place(chance, pdf)
    value = _digits(pdf, place) if place else None
    length = len(bytes(value or b"").rstrip(b"\0"))
    if place is None or value is None or not length:
        return pdf
    for _count in range(chance.choice((1, 1, 3))):
        value[chance.randrange(length)] = chance.choice((0, 0x30, 0x31, 0x80, 0x84, 0xFF, chance.randrange(256)))
    return with_contents(pdf, place, bytes(value))


def _swap_values(chance: random.Random, pdf: bytes, _: bytes) -> bytes:
    """Two parts of the signature value, equally long."""
    place = _place(chance, pdf)
    value = _digits(pdf, place) if place else None
    length = len(bytes(value or b"").rstrip(b"\0"))
    if place is None or value is None or length < 100:
        return pdf
    size = chance.choice((1, 2, 4, 32))
    one, two = (chance.randrange(length - size) for _n in range(2))
    value[one : one + size], value[two : two + size] = value[two : two + size], value[one : one + size]
    return with_contents(pdf, place, bytes(value))


MUTATIONS: Mapping[str, Mutate] = {
    "bits flipped": _flip_bits,
    "bytes overwritten": _overwrite,
    "cut off": _truncate,
    "end cut off": _truncate_little,
    "block removed": _remove_block,
    "block repeated": _repeat_block,
    "blocks swapped": _swap_blocks,
    "number edited": _edit_number,
    "token edited": _edit_token,
    "table row edited": _edit_row,
    "startxref edited": _edit_startxref,
    "name edited": _edit_name,
    "entry inserted": _insert_entry,
    "space inserted": _insert_space,
    "appended": _append,
    "spliced": _splice,
    "gap edited": _edit_padding,
    "gap in capitals": _edit_case,
    "value edited": _edit_der,
    "value swapped": _swap_values,
}
