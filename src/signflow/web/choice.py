"""What somebody chose to see on the board, as it stands in the page's address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from signflow.rounds.access import Person, Reach
from signflow.rounds.model import State
from signflow.store.listing import UNFINISHED, Wanted

_LONGEST = 200
_LAST_PAGE = 1_000_000
_ALL = "all"


@dataclass(frozen=True, slots=True)
class Choice:
    """The fields of the form.

    Attributes:
        text: What is searched for.
        state: A state's name, `all`, or empty for all that are on their way.
        body: A body's name; empty for all.
        late: Only what is late.
        ours: Only what waits for the secretary.
        mine: Only what appoints whoever looks to sign.
        notices: All notices, and not the first of them alone; narrows nothing.
        page: From 1.
    """

    text: str = ""
    state: str = ""
    body: str = ""
    late: bool = False
    ours: bool = False
    mine: bool = False
    notices: bool = False
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything is chosen."""
        return replace(self, page=1, notices=False) != Choice()

    def wanted(self, viewer: Person) -> Wanted:
        """What is asked of the store for whoever looks; who is not known by an address signs nothing."""
        states = tuple(State) if self.state == _ALL else (State(self.state),) if self.state else UNFINISHED
        mine = Reach(person=viewer.name, address=viewer.address) if self.mine and viewer.address else None
        return Wanted(self.text, states, self.body, self.late, self.ours, mine=mine)

    @property
    def address(self) -> str:
        """Where this choice is shown."""
        fields = {
            "q": self.text,
            "state": self.state,
            "body": self.body,
            "late": "1" if self.late else "",
            "ours": "1" if self.ours else "",
            "mine": "1" if self.mine else "",
            "notices": _ALL if self.notices else "",
            "page": str(self.page) if self.page > 1 else "",
        }
        told = urlencode({name: value for name, value in fields.items() if value})
        return f"/?{told}" if told else "/"

    def at(self, page: int) -> Choice:
        """Another page of the same choice."""
        return replace(self, page=page)

    def everywhere(self) -> Choice:
        """The same words among all documents."""
        return Choice(text=self.text, state=_ALL)


def read_choice(fields: Mapping[str, str]) -> Choice:
    """The choice in an address; what makes no sense there is as if it were not there."""
    state = fields.get("state", "")
    page = fields.get("page", "")
    return Choice(
        text=fields.get("q", "").strip()[:_LONGEST],
        state=state if state in {_ALL, *State} else "",
        body=fields.get("body", "").strip()[:_LONGEST],
        late=fields.get("late") == "1",
        ours=fields.get("ours") == "1",
        mine=fields.get("mine") == "1",
        notices=fields.get("notices") == _ALL,
        page=min(max(int(page), 1), _LAST_PAGE) if page.isascii() and page.isdecimal() and len(page) < 8 else 1,
    )
