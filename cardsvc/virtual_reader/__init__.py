"""Virtual cards in the real PC/SC stack: the wire to the virtual reader, and private daemons."""
