"""The roots' keys on a memory stick in a safe, and not on the machine."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from signflow.durable import write_whole
from signflow.errors import RefusedError, SettingsError
from signflow.signing.authority.ceremony import Ceremony
from signflow.signing.authority.exported import build_exported, read_exported
from signflow.signing.authority.register import IN_FILE, ROOT, TSA_ROOT, Held, Register
from signflow.signing.keys.key import SigningKey, SoftwareKey

_ROOTS = (ROOT, TSA_ROOT)


def export_roots(ceremony: Ceremony, target: Path, passphrase: str) -> list[str]:
    """Write the keys of the roots that are on the machine, encrypted, with their certificates; the labels.

    What was written is read back before this returns.

    Raises:
        RefusedError: No root's key is on the machine.
        SettingsError: The passphrase is too short, or the folder cannot be written to or read back.
    """
    exported = _on_machine(ceremony.read())
    for held, key in exported:
        label = held.entry.label
        try:
            write_whole(target / f"{label}.key.pem", build_exported(key.private, passphrase))
            write_whole(target / f"{label}.pem", held.certificate.public_bytes(Encoding.PEM))
        except OSError as error:
            raise SettingsError("file-unwritable", file=str(target), reason=error.strerror or "") from error
        _require_exported(held, target, passphrase)
    return [held.entry.label for held, _ in exported]


def remove_roots(ceremony: Ceremony, target: Path, passphrase: str) -> list[str]:
    """Remove the roots' keys from the machine once their export has been opened and found to be theirs; the labels.

    The roots' revocation lists are made anew first, for a year and a month: without the keys nobody can make others.

    Raises:
        RefusedError: No root's key is on the machine.
        SettingsError: An export is missing, does not open, or is of another key. Nothing was removed.
    """
    removed = _on_machine(ceremony.read())
    for held, _ in removed:
        _require_exported(held, target, passphrase)
    labels = [held.entry.label for held, _ in removed]
    ceremony.put_away(labels)
    return labels


def bring_roots(register: Register, source: Path, passphrase: str) -> dict[str, SigningKey]:
    """The keys of the roots that are not on the machine, as far as the folder has them, by label.

    Raises:
        SettingsError: A key does not open, or is not the root's.
    """
    brought: dict[str, SigningKey] = {}
    for held in register.all(*_ROOTS):
        if held.key is None and (source / f"{held.entry.label}.key.pem").exists():
            brought[held.entry.label] = _require_exported(held, source, passphrase)
    if not brought:
        raise SettingsError("file-unreadable", file=str(source), reason=f"{ROOT}.key.pem")
    return brought


def _on_machine(register: Register) -> list[tuple[Held, SoftwareKey]]:
    roots = register.all(*_ROOTS)
    found = [(one, one.key) for one in roots if one.entry.key == IN_FILE and isinstance(one.key, SoftwareKey)]
    if not found:
        raise RefusedError("roots-away")
    return found


def _require_exported(held: Held, folder: Path, passphrase: str) -> SoftwareKey:
    file = folder / f"{held.entry.label}.key.pem"
    key = SoftwareKey(read_exported(file, passphrase))
    if key.public_key != held.certificate.public_key():
        raise SettingsError("exported-key-other", file=str(file), certificate=held.entry.label)
    return key
