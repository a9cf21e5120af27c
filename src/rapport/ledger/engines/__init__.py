"""What answers a snapshot's questions: DuckDB inside the process, or Spark over the same files."""
