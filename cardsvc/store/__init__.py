"""The only place that knows SQL for the funeral service."""
