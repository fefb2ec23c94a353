"""Taking quality data out. `tables` is the registry, `builtin` what this room adds to it, `writing` makes the files."""
