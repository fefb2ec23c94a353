"""Pages of people: one module per screen."""
