"""Questions as plain data: their kinds, how they are marked, and how they are kept as JSON. No database, no request."""
