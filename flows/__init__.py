"""The Prefect flows: one file a flow. They name steps, task boundaries and retries; they hold no rules."""
