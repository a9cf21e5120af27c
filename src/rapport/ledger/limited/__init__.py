"""Questions in SQL by people who may ask and nothing else (decision 0025)."""
