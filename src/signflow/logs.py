"""What is logged, and how: standard output belongs to results, so every log goes to standard error.

What libraries have to say about a document is for us to say, as a finding or a verdict, in the reader's language; only
their errors pass.
"""

from __future__ import annotations

import logging
import sys

_TALKATIVE = ("pyhanko", "pyhanko_certvalidator", "pypdf", "alembic")


def configure_logging() -> None:
    """For every process, the first thing it does: libraries are quiet."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)


def configure_service_log() -> None:
    """For a process that stays: besides, what it does goes to standard error, a line for each event."""
    import structlog  # noqa: PLC0415 -- no other command needs it

    configure_logging()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S"),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
