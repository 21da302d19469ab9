"""The organisation's own certificate authority: its certificates, revocation lists and keys."""
