"""`signflow trust …`: whom the EU's trusted lists name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import (
    Session,
    exit_code,
    print_json,
    say,
    say_done,
    say_fault,
    sentence_of,
    session,
    show_table,
)
from signflow.errors import SettingsError

if TYPE_CHECKING:
    from signflow.signing.trusted_lists.folder import KeptState, ListFolder
    from signflow.signing.trusted_lists.model import Edition
    from signflow.signing.trusted_lists.update import Updated

app = typer.Typer(no_args_is_help=True, help="The EU's trusted lists: whom they name, and as of when.")


@app.command()
def update(
    *,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="Take the lists from this folder instead of from the network.", show_default=False),
    ] = None,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Get the list of lists and the lists that are wanted; keep those whose signatures hold and that are not older.

    A list that cannot be had or does not hold leaves the one before in its place.
    """
    with session(language, as_json=as_json) as now:
        from signflow import wiring

        lists, moment = wiring.open_trusted_lists(now.settings, source), wiring.now()
        if lists is None:
            raise SettingsError("trusted-lists-unset")
        updated = lists.update(moment)
        if as_json:
            print_json([_account_update(one, moment, now) for one in updated])
        else:
            for one in updated:
                _say_update(one, moment, now)
        codes = [exit_code(one.error) for one in updated if one.error]
        if codes:
            raise typer.Exit(min(codes))


@app.command()
def show(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """Say which lists are here, what they name, and which of them are stale. Nothing is fetched."""
    with session(language, as_json=as_json) as now:
        from signflow import wiring

        now.require_data()
        if not now.settings.trusted_lists:
            raise SettingsError("trusted-lists-unset")
        folder, moment = wiring.open_list_folder(now.settings), wiring.now()
        lists = folder.lists()
        if as_json:
            print_json(
                {
                    "lists": _account_edition(lists.content.edition, moment) if lists else None,
                    "territories": [_account(folder, one, moment) for one in now.settings.trusted_lists],
                }
            )
            return
        if lists is None:
            say(now.texts("trust.show.none"))
            return
        rows = [
            [
                now.texts("trust.show.lists"),
                "",
                "",
                *_of_edition(lists.content.edition, now),
                _state(lists.content.edition, moment, now),
            ],
            *(_row(folder, one, moment, now) for one in now.settings.trusted_lists),
        ]
        columns = ("territory", "providers", "services", "sequence", "issued", "next", "state")
        show_table([now.texts(f"trust.column.{one}") for one in columns], rows, counts={1, 2, 3})


def _row(folder: ListFolder, territory: str, moment: dt.datetime, now: Session) -> list[str]:
    kept = folder.state(territory)
    if kept is None:
        return [territory, "", "", "", "", "", now.texts("trust.state.missing")]
    edition = kept.content.edition
    believed = folder.believed(territory) is not None
    state = _state(edition, moment, now) if believed else now.texts("trust.state.unsupported")
    return [territory, str(kept.content.providers), str(len(kept.content.services)), *_of_edition(edition, now), state]


def _of_edition(edition: Edition, now: Session) -> list[str]:
    ends = now.texts.date(edition.next_update_at.date()) if edition.next_update_at else now.texts("trust.show.closed")
    return [str(edition.sequence), now.texts.date(edition.issued_at.date()), ends]


def _state(edition: Edition, moment: dt.datetime, now: Session) -> str:
    return now.texts("trust.state.stale" if edition.is_stale(moment) else "trust.state.current")


def _say_update(one: Updated, moment: dt.datetime, now: Session) -> None:
    texts = now.texts
    name = texts("trust.show.lists") if one.territory == "EU" else texts("trust.update.list", territory=one.territory)
    if one.error is not None:
        say_fault(f"{name}: {sentence_of(one.error, texts)}")
        say(texts("trust.update.before" if one.edition else "trust.update.nothing"), indent=2)
    elif one.edition is not None:
        issued = texts.date(one.edition.issued_at.date())
        say_done(f"{name}: {texts(f'trust.update.{one.outcome}', sequence=one.edition.sequence, issued=issued)}")
    if one.edition is not None and one.edition.is_stale(moment):
        say(texts("trust.update.stale"), "yellow", 2)


def _account_update(one: Updated, moment: dt.datetime, now: Session) -> dict[str, Any]:
    error = one.error and {"code": one.error.code, "message": sentence_of(one.error, now.texts)}
    edition = _account_edition(one.edition, moment) if one.edition else None
    return {"territory": one.territory, "outcome": str(one.outcome), "edition": edition, "error": error}


def _account(folder: ListFolder, territory: str, moment: dt.datetime) -> dict[str, Any]:
    kept = folder.state(territory)
    if kept is None:
        return {"territory": territory, "edition": None}
    return {
        "territory": territory,
        "edition": _account_edition(kept.content.edition, moment),
        "believed": folder.believed(territory) is not None,
        "fetched_at": _instant(kept.had.at),
        "from": kept.had.url,
        "digest": kept.had.digest,
        "providers": kept.content.providers,
        "services": _account_services(kept),
    }


def _account_services(kept: KeptState) -> list[dict[str, Any]]:
    return [
        {
            "provider": one.provider,
            "name": one.name,
            "kind": str(one.kind),
            "granted": [
                {"from": _instant(period.begins_at), "until": period.ends_at and _instant(period.ends_at)}
                for period in one.periods
            ],
        }
        for one in kept.content.services
    ]


def _account_edition(edition: Edition, moment: dt.datetime) -> dict[str, Any]:
    return {
        "sequence": edition.sequence,
        "issued_at": _instant(edition.issued_at),
        "next_update_at": edition.next_update_at and _instant(edition.next_update_at),
        "stale": edition.is_stale(moment),
    }


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
