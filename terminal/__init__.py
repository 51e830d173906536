"""A station: reader, journal, uplink and touch page around the pure core."""
