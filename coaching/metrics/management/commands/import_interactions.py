"""`import_interactions FILE --mapping FILE.toml`: bring in cases, then count the figures they touch."""

from coaching.metrics.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import cases from a CSV, gzip or XLSX file after a mapping."
    kind = "interactions"
