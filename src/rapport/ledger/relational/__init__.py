"""The relational half of the store: one way to ask it, SQLite or PostgreSQL behind it."""
