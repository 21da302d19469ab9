"""`make bench BENCH=signing`: a signature, a seal and a validation beside pyHanko's documented way, in one run.

Same file, level, keys, certificates, revocation lists and time-stamping authority; the sides take turns. The limit is
what the keys, digests and synced writes cost bare. A large file is signed in a process of its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import logging
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "signing"))

from pdf_layouts import Layout, write_as
from pyhanko.pdf_utils import generic
from rich.console import Console
from rich.table import Table
from signing_house import ORGANISATION, SEAL_FIELD, SECRETARY, House, authentication
from signing_kinds import KindAuthority
from signing_paper import build_stamp, build_tagged_pdf

from signflow.durable import write_whole
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.pades.sign import SealRequest, SignatureRequest, apply_signature, seal_update, sign_update
from signflow.signing.report import Indication
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.validation.validate import validate_pdf

# pyHanko's validation with archival data looks at the clock whatever it is told
NOW = dt.datetime.now(dt.UTC)
TURNS = 25
LARGE_BYTES = 100_000_000
LARGE_TURNS = 7
CHUNK_BYTES = 1 << 18
RSA = "RSA-3072"
STAMP = build_stamp(*SECRETARY)
REQUEST = SignatureRequest(*SECRETARY, "Sekreterare", None, authentication(NOW), STAMP)
SEAL = SealRequest(SEAL_FIELD, None, STAMP)

Sides = Mapping[str, Callable[[], object]]


def main() -> None:
    """Run and print; or, started by itself, do one thing in a process of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", nargs=2, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        authority = LocalAuthority.open(
            folder / "authority", organisation=ORGANISATION, passphrase=None, now=NOW, base_url="http://127.0.0.1:8000"
        )
        house = House(authority, LocalTsa(authority, lambda: NOW), NOW)
        if chosen.large:
            print_large(house, *chosen.large)
        else:
            compare(house, folder)


def compare(house: House, folder: Path) -> None:
    """The tables, each printed when it is ready."""
    # pyHanko's signing is imported here, so that it counts in no other process's memory
    from with_pyhanko import PyHanko  # noqa: PLC0415 - see above

    console = Console(width=120)
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start", highlight=False)
    console.print(f"Python {platform.python_version()}\n", highlight=False)
    (folder / "stamp.pdf").write_bytes(STAMP)
    peer = PyHanko(house.tsa, folder / "stamp.pdf", NOW)
    pdf, rsa_house = build_tagged_pdf(ORGANISATION), KindAuthority.make(RSA, NOW)

    def one_shot() -> bytes:
        signer = house.authority.issue_one_shot(*SECRETARY[::-1], authentication(NOW), NOW)
        return peer.sign(pdf, SECRETARY[0], signer, archival=False)

    def sealed(by: object) -> Callable[[], bytes]:
        return lambda: pdf + seal_update(BytesIO(pdf), SEAL, by, house.tsa, now=NOW)  # type: ignore[arg-type] - either

    def sealed_by_peer(by: House | KindAuthority) -> Callable[[], bytes]:
        authority = by.authority if isinstance(by, House) else by
        return lambda: peer.sign(pdf, SEAL_FIELD, authority.seal_signer(NOW), archival=True)

    console.print(
        table(
            "a person's signature, B-LT, P-256, key and certificate made for it",
            {
                "signflow": lambda: apply_signature(pdf, REQUEST, house.authority, house.tsa, now=NOW),
                "pyHanko": one_shot,
                "bare: key, digest, signature, synced write": lambda: bare(
                    ec.generate_private_key(ec.SECP256R1()), pdf, folder
                ),
            },
        ),
        "",
    )
    for title, by, key in (
        ("the seal and a timestamp, B-LTA, P-256", house, ec.generate_private_key(ec.SECP256R1())),
        (f"the seal and a timestamp, B-LTA, {RSA}", rsa_house, rsa_house.key.private),  # type: ignore[attr-defined]
    ):
        authority = by.authority if isinstance(by, House) else by
        sides: Sides = {
            "signflow": sealed(authority),
            "pyHanko": sealed_by_peer(by),
            "bare: digest, signature, synced write": lambda key=key: bare(key, pdf, folder),
        }
        console.print(table(title, sides), "")
    console.print(validations(house, peer), "")
    console.print(large(folder))


def table(title: str, sides: Sides) -> Table:
    """Medians, and how many times ours each takes."""
    taken = take_turns(sides, TURNS)
    ours = next(iter(taken.values()))
    shown = Table(title, "median ms", "least ms", "ratio", box=None)
    for name, seconds in taken.items():
        milliseconds = (f"{value * 1e3:.2f}" for value in (statistics.median(seconds), min(seconds)))
        shown.add_row(name, *milliseconds, f"{median_ratio(seconds, ours):.2f}")
    return shown


def take_turns(sides: Sides, turns: int) -> dict[str, list[float]]:
    """Seconds by side and turn. The first turn warms up and does not count."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(turns + 1):
        for name, do in sides.items():
            began = time.perf_counter()
            do()
            if turn:
                taken[name].append(time.perf_counter() - began)
    return taken


def median_ratio(seconds: list[float], others: list[float]) -> float:
    """The median of the ratios within one turn each, so that a busy machine meets both sides alike."""
    return statistics.median(a / b for a, b in zip(seconds, others, strict=True))


def bare(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, pdf: bytes, folder: Path) -> None:
    """What nobody can do without."""
    digest = hashlib.sha256(pdf).digest()
    if isinstance(key, rsa.RSAPrivateKey):
        key.sign(digest, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    else:
        key.sign(digest, ec.ECDSA(hashes.SHA256()))
    write_whole(folder / "bare", pdf)


def validations(house: House, peer: object) -> Table:
    """A file with two signatures and a document timestamp, by the same trust."""
    from with_pyhanko import PyHanko  # noqa: PLC0415 - see above

    if not isinstance(peer, PyHanko):
        raise TypeError(type(peer))
    signed = apply_signature(build_tagged_pdf(ORGANISATION), REQUEST, house.authority, house.tsa, now=NOW)
    pdf = signed + seal_update(BytesIO(signed), SEAL, house.authority, house.tsa, now=NOW)
    trust = house.trust(NOW)
    roots = [*trust.parsed_roots, *trust.parsed_tsa_roots]
    if validate_pdf(pdf, trust, at=NOW).indication is not Indication.TOTAL_PASSED:
        raise SystemExit("signflow does not accept its own file")
    return table(
        "validation of two signatures and a timestamp",
        {
            "signflow": lambda: validate_pdf(pdf, trust, at=NOW),
            "pyHanko, each signature and timestamp": lambda: peer.validate(pdf, roots),
            "pyHanko, EN 319 102-1 with archival data": lambda: peer.validate_archival(pdf, roots),
        },
    )


def large(folder: Path) -> Table:
    """A large file against hashing it, as few and as many objects; and the most memory that took."""
    columns = ("hashing ms", "signature ms", "ratio", "seal ms", "ratio", "MB at most", "before")
    shown = Table(f"{LARGE_BYTES // 1_000_000} MB", *columns, box=None)
    document = build_tagged_pdf(ORGANISATION)
    for count in (10, 1000, 20_000):
        file = folder / f"large-{count}.pdf"
        parts = {1000 + n: generic.StreamObject(stream_data=os.urandom(LARGE_BYTES // count)) for n in range(count)}
        file.write_bytes(write_as(document, Layout(), parts))
        shown.add_row(f"in {count} objects", *child(file, "times"), *child(file, "memory"))
        file.unlink()
    return shown


def child(file: Path, what: str) -> list[str]:
    """What a process of its own says."""
    command = [sys.executable, __file__, "--large", str(file), what]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def print_large(house: House, name: str, what: str) -> None:
    """In a process of its own: medians, each with its ratio to hashing in the same turn; or the memory of one seal."""
    with Path(name).open("rb") as source:
        acts: Sides = {
            "hashing": lambda: hashed(source),
            "signature": lambda: sign_update(source, REQUEST, house.authority, house.tsa, now=NOW),
            "seal": lambda: seal_update(source, SEAL, house.authority, house.tsa, now=NOW),
        }
        if what == "memory":
            before = memory("VmRSS")
            acts["seal"]()
            told = [memory("VmHWM"), before]
        else:
            taken = take_turns(acts, LARGE_TURNS)
            hashing = taken.pop("hashing")
            told = [statistics.median(hashing) * 1e3]
            for seconds in taken.values():
                told += [statistics.median(seconds) * 1e3, median_ratio(seconds, hashing)]
    sys.stdout.write(" ".join(f"{number:.2f}" for number in told))


def memory(entry: str) -> float:
    """What the kernel says of this process, in MB; VmHWM is the most it ever held, and is not its parent's."""
    found = re.search(rf"^{entry}:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    return int(found[1]) / 1e3 if found else 0


def hashed(source: object) -> bytes:
    """SHA-256 of the file, read as it is when it is signed."""
    running = hashlib.sha256()
    source.seek(0)  # type: ignore[attr-defined]
    while part := source.read(CHUNK_BYTES):  # type: ignore[attr-defined]
        running.update(part)
    return running.digest()


if __name__ == "__main__":
    main()
