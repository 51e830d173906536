"""Sweeps: every place where a card, a disk or a process can fail, tried one by one."""
