"""Six modules this product brings along, one TOML file each, written for it. `services.publish_starter_modules` loads them."""
