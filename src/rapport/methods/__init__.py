"""The pure science of customer experience. See README.md."""
