"""The nine stations, one file each, found at start."""
