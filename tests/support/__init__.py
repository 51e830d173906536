"""What the tests stand on: clusters, browsers, homes."""
