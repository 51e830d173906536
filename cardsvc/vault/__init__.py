"""Keys: made, kept and used here, and never handed out."""
