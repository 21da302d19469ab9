"""The embedded service: one process that watches the inbox, serves the web, dispatches work and keeps its Prefect server.

Nothing here knows a rule. Killing any part at any moment and starting again continues where it was.
"""
