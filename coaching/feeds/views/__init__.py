"""Pages of the live feed."""
