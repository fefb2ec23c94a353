"""Importing cases, messages and survey answers by page and by command. The engine is `coaching.interactions.importing`."""
