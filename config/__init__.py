"""The Django project: settings, addresses, start-up checks.

SQLite before 3.51.3 can corrupt a database in WAL mode when two connections write and
checkpoint at once. Where the pysqlite3 wheel is installed its newer SQLite replaces the
standard library's, before Django opens a connection. Two SQLite libraries must never open
the same file in one process, so the swap is for the whole process.
"""

import sys

try:
    import pysqlite3
except ImportError:  # no wheel for this platform: config.checks warns
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
