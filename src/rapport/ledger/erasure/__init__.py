"""Erasing people: finding their rows, taking them out everywhere, keeping them out afterwards."""
