"""Modules of tests: plugged in as the product's are, each a folder that binds MODULE."""
