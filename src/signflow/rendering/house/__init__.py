"""The look of a municipality's minutes: one file of settings, with fonts and logotype of its own beside it."""
