"""The three HTTP surfaces: stations, office and family, each with its own kind of credential."""
