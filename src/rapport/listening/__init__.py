"""Listening: how interactions come in, from files, tools and people."""
