"""Workloads with printed figures; nothing here asserts. `./uncommon bench NAME --json`."""
