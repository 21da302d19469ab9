"""Private keys: in memory for one signature, encrypted at rest, or in a token or service elsewhere."""
