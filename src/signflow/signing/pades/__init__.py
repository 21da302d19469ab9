"""Signatures in PDF (ETSI EN 319 142-1): one incremental update each, into a field laid out before."""
