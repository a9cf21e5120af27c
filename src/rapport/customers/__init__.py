"""Who our customers are: profile, timeline, consent and identity. See README.md."""
