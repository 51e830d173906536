"""The civil-affairs modules, one folder each, found at start."""
