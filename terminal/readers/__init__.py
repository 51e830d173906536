"""Readers: the real PC/SC stack, and a soft one with the same behaviour."""
