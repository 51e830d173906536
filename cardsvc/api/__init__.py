"""The three HTTP surfaces, each its own application with its own kind of credential."""
