"""Rows of the modules' records: their tables, lists that page over a million rows, writing with history."""
