"""What people may ask of us about their data: a copy, erasure; and how long we keep it."""
