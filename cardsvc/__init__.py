"""The card service: one pure core and the shell around it that judges every tap."""
