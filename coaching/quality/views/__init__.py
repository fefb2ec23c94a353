"""Screens of the quality room: load, one service call, respond."""
