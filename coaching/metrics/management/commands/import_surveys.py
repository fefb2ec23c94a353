"""`import_surveys FILE --mapping FILE.toml`: bring in survey responses, then count the figures they touch."""

from coaching.metrics.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import survey responses from a CSV, gzip or XLSX file after a mapping."
    kind = "surveys"
