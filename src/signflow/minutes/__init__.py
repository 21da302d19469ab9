"""What a document says: the model, the readers and the rules. Pure: bytes in, values and findings out.

`read_draft` never raises on bad input: whatever it is given, it answers with findings that name the line and the remedy.
The other rooms may read the model; nothing here knows of them.

A draft passes `decoding` and `markdown`, or `word` (bytes → blocks), `recognition` (blocks → minutes) and `rules` (minutes →
findings). From the minutes come `redaction` (what the web copy may show), `excerpt` (one item) and `difference`.
"""

from signflow.minutes.catalogue import SEVERITIES, mask_identity_numbers, remark
from signflow.minutes.reading import PlaceUnit, Reading, read_draft
from signflow.minutes.summary import summarise
from signflow.minutes.words import words_of

__all__ = [
    "SEVERITIES",
    "PlaceUnit",
    "Reading",
    "mask_identity_numbers",
    "read_draft",
    "remark",
    "summarise",
    "words_of",
]
