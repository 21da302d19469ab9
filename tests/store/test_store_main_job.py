"""The whole main job on each database."""

from __future__ import annotations

from pathlib import Path

from life import Life
from signflow.rounds.model import State


def test_the_sample_goes_from_draft_to_archive(empty_url: str, tmp_path: Path, sample: bytes) -> None:
    with Life(tmp_path / "data", database_url=empty_url) as life:
        document = life.drop(sample)
        life.sign("anna@example.org")
        changed = life.drop(sample.replace(b"den 24 januari", b"den 25 januari"))
        assert changed.id == document.id
        for address in ("anna@example.org", "helene@example.org"):
            life.sign(address)
        archived = life.load(document)
        assert archived.state is State.ARCHIVED
        assert archived.draft.number == 2
        assert life.ports.archive.copy(document.id).version == 1
        assert life.ports.store.open_work() == ()
        assert life.ports.store.verify_audit() == len(life.ports.store.history(document.id))
