"""What a signed PDF proves, to whom, at which instant (ETSI EN 319 102-1)."""
