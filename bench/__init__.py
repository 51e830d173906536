"""The benchmarks: each measures its ceiling in the same run and prints a ratio."""
