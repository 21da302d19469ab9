"""The line to authorities and services elsewhere."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import httpx

from signflow.addresses import AddressRule

_CONNECT_WITHIN_S = 5.0
_MOST_ADDRESSES = 4


class LineError(Exception):
    """There was no usable answer. The text says why in a few technical words, without anything that was sent."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whatever its status.

    Attributes:
        status: Of HTTP.
        media_type: Without parameters, in lower case.
        body: Not longer than was allowed; empty where it was not wanted.
        retry_after: The header of that name (RFC 9110, 10.2.3); empty if there is none.
    """

    status: int
    media_type: str
    body: bytes
    retry_after: str = ""

    @property
    def is_success(self) -> bool:
        """Whether the status says so."""
        return httpx.codes.is_success(self.status)


class Line:
    """Requests that end: bounded in time as a whole and in size, the server's certificate checked, no redirects followed.

    A redirect would send what was asked, with credentials, to where nobody has said that it may go. Call it from a
    thread without a running event loop.
    """

    def __init__(
        self,
        within_s: float = 20,
        transport: httpx.AsyncBaseTransport | None = None,
        tls: ssl.SSLContext | None = None,
        rule: AddressRule | None = None,
    ) -> None:
        """The line.

        Args:
            within_s: How long one request may take, from looking up the name to the last byte.
            transport: How requests travel; HTTP over TCP and TLS if left out.
            tls: Whom to trust, and who we are, where the server wants to know; the roots that browsers trust if left out.
            rule: Where requests may go. Each host is then looked up once, all its addresses must be allowed, and the
                connection is made to the first of them that takes one, of four at most, and through no proxy; anywhere
                if left out.
        """
        self._rule = rule
        self._within_s = within_s
        self._transport = transport
        self._given_tls = tls

    def get(self, url: str, *, limit_bytes: int) -> bytes:
        """What lies there.

        Raises:
            LineError: Nothing that could be had.
        """
        reply = self._send(httpx.Request("GET", url, headers=_headers({})), limit_bytes)
        if not reply.is_success:
            raise LineError(f"HTTP {reply.status}")
        return reply.body

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str], limit_bytes: int) -> Reply:
        """The answer to what is posted there.

        Raises:
            LineError: None came, or one that is too long.
        """
        return self._send(httpx.Request("POST", url, content=body, headers=_headers(headers)), limit_bytes)

    def tell(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> Reply:
        """What was answered to what is posted there, of which only the head is read.

        Raises:
            LineError: Nothing was answered, or nothing may be sent there.
        """
        return self._send(httpx.Request("POST", url, content=body, headers=_headers(headers)), None)

    def _send(self, request: httpx.Request, limit_bytes: int | None) -> Reply:
        try:
            return asyncio.run(self._exchange(request, limit_bytes))
        except TimeoutError as error:
            raise LineError("timeout") from error
        except httpx.TimeoutException as error:
            raise LineError("timeout") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise LineError(str(error) or type(error).__name__) from error

    async def _exchange(self, request: httpx.Request, limit_bytes: int | None) -> Reply:
        # httpx bounds each read and not their sum: a server that sends a byte now and then would never end
        timeout = httpx.Timeout(self._within_s, connect=min(_CONNECT_WITHIN_S, self._within_s))
        async with (
            asyncio.timeout(self._within_s),
            httpx.AsyncClient(
                timeout=timeout, verify=self._tls, transport=self._transport, trust_env=self._rule is None
            ) as client,
        ):
            response = await _answered(client, [request] if self._rule is None else await _pinned(request, self._rule))
            try:
                body = b"" if limit_bytes is None else await _read(response, limit_bytes)
                return Reply(response.status_code, _media_type(response), body, response.headers.get("retry-after", ""))
            finally:
                await response.aclose()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or httpx.create_ssl_context()


def client_tls(certificate: Path, roots: Path) -> ssl.SSLContext:
    """TLS with a certificate of ours, to a server that one of these roots vouches for and no other.

    Args:
        certificate: A PEM file with the certificate, those above it if the server wants them, and the private key, which
            no passphrase protects.
        roots: A PEM file.

    Raises:
        ValueError: A file cannot be read, or does not hold what it should; the text says which.
    """
    try:
        context = ssl.create_default_context(cafile=roots)
    except OSError as error:
        raise ValueError(f"{roots}: {error.strerror or error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # without an answer at hand OpenSSL would ask for a passphrase at the terminal
        context.load_cert_chain(certificate, password="")
    except OSError as error:
        raise ValueError(f"{certificate}: {error.strerror or error}") from error
    return context


async def _answered(client: httpx.AsyncClient, requests: Sequence[httpx.Request]) -> httpx.Response:
    """The answer to the first whose address takes the connection: before that nothing was sent.

    Raises:
        httpx.HTTPError: None does, or one that did gave no answer.
    """
    for request in requests[:-1]:
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await client.send(requests[-1], stream=True)


async def _pinned(request: httpx.Request, rule: AddressRule) -> list[httpx.Request]:
    """The request, to each address that its host has now, in their order: what a second look-up would answer does not matter."""
    host = request.url.host
    port = request.url.port or (443 if request.url.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not addresses or not all(rule.allows(address) for address in addresses):
        raise LineError("address refused")
    return [
        httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,  # Host among them, as it was
            content=request.content,
            extensions={"sni_hostname": host},
        )
        for address in addresses[:_MOST_ADDRESSES]
    ]


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    # a compressed answer would be bounded only after it has been unpacked
    return {"Accept-Encoding": "identity", "User-Agent": "signflow", **given}


def _media_type(response: httpx.Response) -> str:
    return response.headers.get("content-type", "").split(";")[0].strip().lower()


async def _read(response: httpx.Response, limit_bytes: int) -> bytes:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise LineError("content encoding")
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > limit_bytes:
            raise LineError("size")
    return bytes(body)
