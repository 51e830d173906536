"""The card profiles, one file each, found at start."""
