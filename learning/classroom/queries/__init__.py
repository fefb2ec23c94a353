"""Reads of the reports: completion by team and module, hours by year, who completed which version when."""
