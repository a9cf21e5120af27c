"""The demo company: a seeded generator of a believable retailer. See README.md."""
