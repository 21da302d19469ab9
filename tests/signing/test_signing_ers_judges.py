"""Evidence records judged by what others wrote: the European Commission's DSS, and OpenSSL by hand."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from ers_paper import Batch, lived, made_up

from evidence_house import BEGIN, years
from judges import output_of, said_by_dss

_LINE = re.compile(r" *(\d+):d=(\d+) +hl=(\d+) l= *(\d+) (?:cons|prim): (.*)")
NOW = BEGIN + years(22)


def judged_by_dss(batch: Batch, number: int, files: list[bytes], at: dt.datetime, folder: Path) -> list[str]:
    """The lines that our small program around DSS says: of the record, its objects and its timestamps."""
    (folder / "roots.pem").write_bytes(b"".join(one.root_pem for one in batch.authorities))
    (folder / "record.ers").write_bytes(batch.record(number).to_der())
    paths = [folder / f"object-{position}" for position in range(len(files))]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content)
    arguments = [str(folder / "roots.pem"), f"{at:%Y-%m-%dT%H:%M:%SZ}", str(folder / "record.ers"), *map(str, paths)]
    return said_by_dss("EvidenceJudge", *arguments)


@pytest.mark.oracle("dss")
@pytest.mark.parametrize(("documents", "objects"), [(7, 3), (1, 2), (2, 1), (33, 4)])
def test_dss_finds_every_record_passed(documents: int, objects: int, tmp_path: Path) -> None:
    batch = lived(documents, objects)
    said = judged_by_dss(batch, documents - 1, batch.documents[-1], NOW, tmp_path)
    assert said[0] == "record PASSED null"
    assert said.count("object EVIDENCE_RECORD_ARCHIVE_OBJECT found=true intact=true") == objects
    stamps = [line for line in said if line.startswith("timestamp ")]
    assert len(stamps) == 5
    assert all("found=true intact=true signature=true PASSED" in line for line in stamps)


@pytest.mark.oracle("dss")
def test_dss_and_we_refuse_the_same(tmp_path: Path) -> None:
    batch = lived(5)
    said = judged_by_dss(batch, 2, [b"another"], NOW, tmp_path)
    assert not said[0].startswith("record PASSED")
    # DSS passes over files that the record does not speak of, and says how many it does
    said = judged_by_dss(batch, 2, [*batch.documents[2][:2], b"another"], NOW, tmp_path)
    assert said.count("object EVIDENCE_RECORD_ARCHIVE_OBJECT found=true intact=true") == 2
    late = Batch(made_up(5))
    said = judged_by_dss(late, 2, late.documents[2], BEGIN + years(11), tmp_path)
    assert said[0].startswith("record INDETERMINATE")


@dataclass(frozen=True)
class Node:
    """A value, as `openssl asn1parse` lists it."""

    start: int
    depth: int
    head: int
    length: int
    kind: str

    @property
    def end(self) -> int:
        return self.start + self.head + self.length

    def content(self, der: bytes) -> bytes:
        return der[self.start + self.head : self.end]


def inside(nodes: list[Node], outer: Node) -> list[Node]:
    return [one for one in nodes if outer.start < one.start < outer.end and one.depth == outer.depth + 1]


@pytest.mark.oracle("openssl")
def test_openssl_and_a_digest_program_are_enough(tmp_path: Path) -> None:
    """Each step of RFC 4998, 5.3, with nothing of ours: asn1parse finds the parts, `ts -verify` judges the tokens."""
    batch = lived(7, 3)
    files, der = batch.documents[5], batch.record(5).to_der()
    (tmp_path / "record.ers").write_bytes(der)
    listed = output_of("openssl", "asn1parse", "-inform", "DER", "-in", str(tmp_path / "record.ers"))
    nodes = [
        Node(*map(int, found.groups()[:4]), found[5].strip())
        for line in listed.splitlines()
        if (found := _LINE.match(line))
    ]
    sequence = inside(nodes, nodes[0])[2]
    before = b""
    for number, (chain, digest) in enumerate(zip(inside(nodes, sequence), ("sha256", "sha512"), strict=True)):
        previous = b""
        for stamp in inside(nodes, chain):
            *_, token = inside(nodes, stamp)
            lists = [one for one in inside(nodes, stamp) if one.kind.startswith("cont [ 2 ]")]
            row = [
                [value.content(der) for value in inside(nodes, some)] for part in lists for some in inside(nodes, part)
            ]
            expected = [hashlib.new(digest, one).digest() for one in files]
            if number and not previous:
                earlier = hashlib.new(digest, before).digest()
                expected = [hashlib.new(digest, one + earlier).digest() for one in expected]
            if previous:
                expected = [hashlib.new(digest, previous).digest()]
            assert not row or set(expected) <= set(row[0])
            imprint = expected[0]
            if row:
                imprint = hashlib.new(digest, b"".join(sorted(row[0]))).digest()
                for beside in row[1:]:
                    imprint = hashlib.new(digest, b"".join(sorted([imprint, *beside]))).digest()
            previous = der[token.start : token.end]
            verify_token(previous, imprint, batch, tmp_path)
        before = tlv_of(der, inside(nodes, sequence)[: number + 1])


def verify_token(token: bytes, imprint: bytes, batch: Batch, folder: Path) -> None:
    (folder / "token.der").write_bytes(token)
    (folder / "roots.pem").write_bytes(b"".join(one.root_pem for one in batch.authorities))
    told = output_of("openssl", "ts", "-reply", "-token_in", "-in", str(folder / "token.der"), "-token_out", "-text")
    stated = re.search(r"Time stamp: (.*)", told)
    assert stated is not None
    moment = dt.datetime.strptime(stated[1], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=dt.UTC)
    arguments = ["-verify", "-digest", imprint.hex(), "-token_in", "-in", str(folder / "token.der")]
    arguments += ["-CAfile", str(folder / "roots.pem"), "-attime", str(int(moment.timestamp()) + 60)]
    assert "Verification: OK" in output_of("openssl", "ts", *arguments)


def tlv_of(der: bytes, chains: list[Node]) -> bytes:
    """A SEQUENCE of these chains: the record's own, where it has no more; longer than 65 535 bytes it never is here."""
    content = der[chains[0].start : chains[-1].end]
    return b"\x30\x82" + len(content).to_bytes(2) + content
