"""What can be asked of the service, one file each: load, decide, store."""
