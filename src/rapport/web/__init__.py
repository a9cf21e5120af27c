"""Settings, addresses, pages, command line: where all rooms are put together. See README.md."""
