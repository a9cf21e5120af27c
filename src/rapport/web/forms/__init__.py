"""Forms of pages: one module for each. What they take in goes to a verb."""
