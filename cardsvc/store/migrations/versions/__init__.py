"""One file for each step, and the schema it began with."""
