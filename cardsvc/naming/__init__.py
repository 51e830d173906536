"""How names and places are compared: spaces, traditional and variant characters, and the sound put aside."""
