"""The benchmarks of PERFORMANCE.md: each measures its ceiling in the same run, A B A B, and prints a ratio."""
