"""Object identifiers of the profiles we write and read."""

from __future__ import annotations

AUTHENTICATION_CONTEXT = "1.2.752.201.5.1"
"""Certificate extension: how the subject was authenticated (RFC 7773)."""

ONE_SHOT_POLICY = "2.25.295638726527283400313999673994964987842.1.1"
"""Certificate policy: a key for one signature, made after the signatory's authentication and approval, then destroyed."""

SEAL_POLICY = "2.25.295638726527283400313999673994964987842.1.2"
"""Certificate policy: the organisation's seal, its key kept by signflow."""

EVIDENCE_POLICY = "2.25.295638726527283400313999673994964987842.1.4"
"""Certificate policy: signflow's statements about signatures, outside the PDF."""

LOCAL_TIMESTAMP_POLICY = "2.25.295638726527283400313999673994964987842.1.3"
"""Timestamp policy: the installation's own clock vouches for the time; nobody outside does."""

VALIDATION_POLICY = "2.25.295638726527283400313999673994964987842.1.5"
"""Validation policy: the procedure of `signing.validation`, as validation tokens name it."""
