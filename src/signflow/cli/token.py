"""`signflow token …`: tokens with which other programs of the organisation come."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import print_json, say, say_done, session, show_table
from signflow.errors import NotFoundError
from signflow.rounds.tokens import ApiToken, Scope, is_valid
from signflow.texts import Texts

app = typer.Typer(no_args_is_help=True, help="Tokens with which other programs use the API.")
_COLUMNS = ("name", "state", "scopes", "bodies", "expires", "used")
_LONGEST_DAYS = 1830


@app.command("create")
def create(  # noqa: PLR0913 -- what a token is
    name: Annotated[
        str, typer.Option("--name", help="The program that gets it, as the history names it.", show_default=False)
    ],
    scope: Annotated[
        list[Scope], typer.Option("--scope", help="What it is for; several times for several.", show_default=False)
    ],
    body: Annotated[
        list[str] | None,
        typer.Option(
            "--body", help="For the documents of this body alone; several times for several.", show_default=False
        ),
    ] = None,
    days: Annotated[int, typer.Option("--days", help="How long it holds.", min=1, max=_LONGEST_DAYS)] = 365,
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Make a token. It is shown once, and kept nowhere."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.steps.tokens import make_token
        from signflow.store.tokens import Tokens

        at, database = wiring.now(), wiring.open_database(now.settings)
        try:
            tokens = Tokens(database, wiring.now)
            shown = make_token(tokens, name=name, scopes=scope, bodies=body or [], days=days, now=at)
        finally:
            database.close()
        if as_json:
            print_json({"name": name.strip(), "token": shown, "expires_at": at + dt.timedelta(days=days)})
            return
        say(shown)
        say_done(now.texts("token.created", name=name.strip()))


@app.command("list")
def list_tokens(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """List all tokens there are and were: what for, until when, and when last used."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.store.tokens import Tokens

        database = wiring.open_database(now.settings)
        try:
            tokens = Tokens(database, wiring.now).all()
        finally:
            database.close()
        at = wiring.now()
        if as_json:
            print_json([_as_json(token, at) for token in tokens])
        elif tokens:
            headings = [now.texts(f"token.column.{name}") for name in _COLUMNS]
            show_table(headings, [_row(now.texts, token, at) for token in tokens])
        else:
            say(now.texts("token.none"))


@app.command("revoke")
def revoke(
    name: Annotated[str, typer.Argument(help="Whose: the name that it was made with.", show_default=False)],
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Make a token void at once."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.store.tokens import Tokens

        database = wiring.open_database(now.settings)
        try:
            revoked = Tokens(database, wiring.now).revoke(name)
        finally:
            database.close()
        if not revoked:
            raise NotFoundError("token-unknown", name=name)
        if as_json:
            print_json({"revoked": name})
        else:
            say_done(now.texts("token.revoked", name=name))


def _state(token: ApiToken, at: dt.datetime) -> str:
    if token.revoked_at:
        return "revoked"
    return "valid" if is_valid(token, at) else "expired"


def _as_json(token: ApiToken, at: dt.datetime) -> dict[str, object]:
    return {
        "name": token.name,
        "state": _state(token, at),
        "scopes": sorted(token.scopes),
        "bodies": list(token.bodies),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }


def _row(t: Texts, token: ApiToken, at: dt.datetime) -> tuple[str, ...]:
    return (
        token.name,
        t(f"token.state.{_state(token, at)}"),
        ", ".join(sorted(token.scopes)),
        ", ".join(token.bodies) or t("token.all_bodies"),
        t.date(t.day(token.expires_at)),
        t.instant(token.last_used_at) if token.last_used_at else t("token.never"),
    )
