"""A time-stamping authority on the other side of a real connection: asked, found down, and found again."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from asn1crypto import tsp

from signflow.errors import UnavailableError
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.timestamps.http import HttpTsa
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.trust import Trust


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class _Authority(ThreadingHTTPServer):
    """RFC 3161, 3.4: a query is posted, a reply comes back; the revocation list lies beside it."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.keys = LocalAuthority.open(
            folder, organisation="Tidgivaren", passphrase=None, now=_now(), base_url=self.base
        )
        self.tsa = LocalTsa(self.keys, _now)
        self.spoil = False


class _Handler(BaseHTTPRequestHandler):
    server: _Authority

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.spoil:
            query = tsp.TimeStampReq.load(asked)
            query["nonce"] = 1
            asked = query.dump()
        self._answer("application/timestamp-reply", self.server.tsa.respond(asked))

    def do_GET(self) -> None:
        name = Path(self.path).stem
        self._answer("application/pkix-crl", self.server.keys.crls(_now())[name])

    def _answer(self, media_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
        """Say nothing."""


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[_Authority]:
    with _Authority(tmp_path / "keys") as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        yield server
        server.shutdown()
        serving.join()


def _ask(tsa: HttpTsa) -> tsp.TSTInfo:
    token = asyncio.run(tsa.stamper().async_timestamp(b"\x01" * 32, "sha256"))
    return token["content"]["encap_content_info"]["content"].parsed


def test_a_real_authority_is_asked_and_its_time_is_close_to_ours(authority: _Authority) -> None:
    tsa = HttpTsa(authority.base, 5, Trust(roots=(), tsa_roots=(authority.keys.tsa_root_pem,)), _now)
    info = _ask(tsa)
    assert abs(info["gen_time"].native - _now()) < dt.timedelta(seconds=5)
    assert tsa.crls(_now())
    assert not tsa.local
    tsa.close()


def test_an_answer_to_another_question_is_no_timestamp(authority: _Authority) -> None:
    authority.spoil = True
    tsa = HttpTsa(authority.base, 5, Trust(roots=(), tsa_roots=(authority.keys.tsa_root_pem,)), _now)
    with pytest.raises(UnavailableError, match="tsa-invalid"):
        _ask(tsa)
    tsa.close()


def test_an_authority_whose_root_we_do_not_trust_gives_no_timestamp(authority: _Authority, tmp_path: Path) -> None:
    other = LocalAuthority.open(
        tmp_path / "other", organisation="En annan", passphrase=None, now=_now(), base_url="http://127.0.0.1:9"
    )
    tsa = HttpTsa(authority.base, 5, Trust(roots=(), tsa_roots=(other.tsa_root_pem,)), _now)
    with pytest.raises(UnavailableError, match="tsa-invalid"):
        _ask(tsa)
    tsa.close()


def test_an_authority_that_is_away_is_unavailable_and_serves_when_it_is_back(authority: _Authority) -> None:
    trust = Trust(roots=(), tsa_roots=(authority.keys.tsa_root_pem,))
    nobody = HttpTsa("http://127.0.0.1:9", 2, trust, _now)
    with pytest.raises(UnavailableError, match="tsa-unavailable"):
        _ask(nobody)
    nobody.close()
    back = HttpTsa(authority.base, 5, trust, _now)
    assert _ask(back)
    back.close()
