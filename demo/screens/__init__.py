"""Pictures of the main screens, as each role of the demo company sees them."""
