"""The office console: server-rendered pages in one shell."""
