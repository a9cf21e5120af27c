"""What builds and checks the house; no part of what is installed."""
