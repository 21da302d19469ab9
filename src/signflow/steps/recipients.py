"""To whom something is sent: people of the register by name, and addresses that are written in, one a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from signflow.rounds.extracts import MOST_RECIPIENTS
from signflow.rounds.outcome import Refusal
from signflow.rounds.sendings import Recipient
from signflow.steps.ports import Ports
from signflow.store.people import is_address

LONGEST_TYPED = 20_000
_LONGEST_NAME = 200
_SHOWN = 80
_NAMED = re.compile(r"(?P<person>.*?)\s*<(?P<address>[^<>]*)>")


def read_recipients(ports: Ports, typed: str, ticked: Sequence[str]) -> tuple[Recipient, ...] | Refusal:
    """Those whom the lines name, and those of the register with these addresses; their numbers are not theirs yet.

    A line is an address, `Name <address>`, or the name of somebody in the register.
    """
    register = {one.address.casefold(): one for one in ports.people.all()}
    found = [Recipient(0, one.name, one.address) for name in ticked if (one := register.get(name.casefold()))]
    lines = [line for line in (" ".join(line.split()) for line in typed[:LONGEST_TYPED].splitlines()) if line]
    if len(found) + len(lines) > MOST_RECIPIENTS:
        return Refusal("too-many-recipients", {"limit": MOST_RECIPIENTS})
    for line in lines:
        written = _NAMED.fullmatch(line)
        address = written["address"].strip() if written else line if "@" in line else ports.people.address_of(line)
        if not is_address(address):
            return Refusal("recipient-unknown", {"person": line[:_SHOWN]})
        local, _, domain = address.rpartition("@")
        known = register.get(address.casefold())
        person = written["person"].strip(' "') if written else known.name if known else ""
        found.append(Recipient(0, person[:_LONGEST_NAME], f"{local}@{domain.lower()}"))
    return tuple(found)
