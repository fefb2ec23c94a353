"""The question bank: editors write, sort, import and retire questions here."""
