"""Which addresses of the internet a request may go to, where somebody else has chosen its destination."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_CARRIERS = tuple(
    ipaddress.ip_network(name)
    for name in (
        "::/96",  # IPv4-compatible (RFC 4291, 2.5.5.1)
        "::ffff:0:0/96",  # IPv4-mapped (RFC 4291, 2.5.5.2)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
        "64:ff9b:1::/48",  # NAT64 within a network (RFC 8215)
        "2001::/32",  # Teredo (RFC 4380)
        "2002::/16",  # 6to4 (RFC 3056)
        "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
        "fec0::/10",  # site-local (RFC 3879)
    )
)


class AddressRule:
    """Public addresses alone, and those of the networks that are named.

    Refused is what the registries of special-purpose addresses (RFC 6890) do not call global: private, loopback,
    link-local and shared (CGNAT) addresses among them; multicast; and every address that carries an IPv4 address in it,
    since another machine would send the request on to that one.
    """

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed)

    def allows(self, text: str) -> bool:
        """Whether a request may go to this address, as `getaddrinfo` writes it."""
        address: Address = ipaddress.ip_address(text)
        if any(address in network for network in self._allowed):
            return True
        carried = any(address in network for network in _CARRIERS)
        return address.is_global and not address.is_multicast and not address.is_reserved and not carried
