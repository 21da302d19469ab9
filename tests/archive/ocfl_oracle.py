"""What the OCFL validator that others wrote says of a storage root."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest


def ocfl_remarks(root: Path) -> list[str]:
    """Every error and warning; none for a valid root without blemish."""
    ocfl = pytest.importorskip("ocfl")
    logging.getLogger().setLevel(logging.WARNING)
    judged = ocfl.StorageRoot(str(root))
    valid = judged.validate(log_warnings=True)
    remarks = [str(message) for _, message in judged.errors] + [line for line in [judged.log.status_str()] if line]
    if not valid or judged.good_objects != judged.num_objects:
        remarks.append(f"valid: {valid}, objects: {judged.good_objects} of {judged.num_objects}")
    return remarks


def object_codes(folder: Path) -> set[str] | None:
    """The codes that it finds in an object; None if it fails itself."""
    validator = pytest.importorskip("ocfl.validator").Validator(log_warnings=True)
    try:
        validator.validate_object(str(folder))
    except (AttributeError, TypeError, ValueError):
        return None
    return {code[:4] for code in validator.log.codes}


def root_codes(folder: Path) -> set[str]:
    """The codes that it finds in a storage root and the objects in it."""
    return set(re.findall(r"\[([EW][0-9]{3})[a-z]?\]", "\n".join(ocfl_remarks(folder))))
