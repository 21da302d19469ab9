"""The process that takes PDFs from strangers apart, for `verify`: `python -m signflow.steps.verifier SOCKET`."""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

from signflow.logs import configure_logging
from signflow.steps.apart import serve
from signflow.steps.verify import answer_verify

if __name__ == "__main__":
    configure_logging()
    serve(Connection(int(sys.argv[1])), {"verify": answer_verify})
