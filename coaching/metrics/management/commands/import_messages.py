from coaching.interactions import services
from coaching.metrics.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import conversations from an exported file. Importing twice changes nothing."
    verb = staticmethod(services.import_messages)
