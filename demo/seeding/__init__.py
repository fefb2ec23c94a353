"""Fills an empty database with the demo company, room by room, through the services of each room."""
