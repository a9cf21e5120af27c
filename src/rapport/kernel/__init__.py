"""Words, errors, periods, scales and filters that every room shares."""
