"""The office console: one shell around the handlers, for the staff of a home."""
