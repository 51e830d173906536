"""One file for each thing that can be asked of the service: load, decide, store."""
