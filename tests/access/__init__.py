"""One module per room: which role gets which answer from each of its URLs. See tests/access_table.py."""
