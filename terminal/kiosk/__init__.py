"""The touch page of a station, served to the browser on the same machine only."""
