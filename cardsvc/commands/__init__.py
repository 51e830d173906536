"""What `cardsvc` does on the command line, a file for each kind of work."""
