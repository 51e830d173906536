"""Data that a city edits: price lists and code tables, as shipped."""
