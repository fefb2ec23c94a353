"""`import_messages FILE --mapping FILE.toml`: bring in messages, then count the figures they touch."""

from coaching.metrics.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import messages from a CSV, gzip or XLSX file after a mapping."
    kind = "messages"
