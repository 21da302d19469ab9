"""Tokens of time (RFC 3161): from the installation's own authority, or from those outside."""
