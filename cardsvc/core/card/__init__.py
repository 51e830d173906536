"""Conversations with a card: commands, the secure channel, and what a card says."""
