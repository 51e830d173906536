"""Paper as people hold it: rendered, read back, scanned."""
