"""What certificates point to: the authority's revocation lists and certificates, for anyone."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signflow.errors import NotFoundError
from signflow.steps.ports import Ports
from signflow.web.doors import OpenRoute

_CRL_TYPE = "application/pkix-crl"
_CERTIFICATE_TYPE = "application/pkix-cert"
_CRL_FRESH_S = 3600
_CERTIFICATE_FRESH_S = 86400


class AuthorityFiles:
    """`/crl/<label>.crl` and `/ca/<label>.crt`, DER, of every generation that still counts.

    Source: RFC 2585, 4.1 and 4.2; RFC 5280, 4.2.1.13 and 4.2.2.1; RFC 9110, 13.1.2.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            OpenRoute("/crl/{label:str}.crl", self.crl, methods=["GET"]),
            OpenRoute("/ca/{label:str}.crt", self.certificate, methods=["GET"]),
        ]

    def crl(self, request: Request) -> Response:
        """An authority's revocation list, no older than a day."""
        label: str = request.path_params["label"]
        content = self._ports.authority.crl(label, self._ports.clock())
        return _file(request, content, _CRL_TYPE, _CRL_FRESH_S)

    def certificate(self, request: Request) -> Response:
        """An authority's certificate."""
        label: str = request.path_params["label"]
        certificates = self._ports.authority.certificates()
        if label not in certificates:
            raise NotFoundError("no-such-certificate", certificate=label)
        return _file(request, certificates[label], _CERTIFICATE_TYPE, _CERTIFICATE_FRESH_S)


def _file(request: Request, content: bytes, media_type: str, fresh_s: int) -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Cache-Control": f"public, max-age={fresh_s}", "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
