"""The tracking door: `POST /v1/batch`, events of our own systems and of Segment's clients."""
