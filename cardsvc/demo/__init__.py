"""A believable home with invented people: for the demo, for training and for the tests."""
