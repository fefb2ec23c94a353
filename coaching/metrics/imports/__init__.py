"""Imports as people meet them: the commands' common part, and the pages under /metrics/imports/."""
