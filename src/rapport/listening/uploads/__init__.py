"""Files that people bring: kept until they are imported, which the worker does."""
