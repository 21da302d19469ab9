"""What a document says: the model, the readers and the rules. Pure: bytes in, values and findings out.

`read_draft` never raises on bad input: whatever it is given, it answers with findings that name the line and the remedy.
The other rooms may read the model; nothing here knows of them.
"""
