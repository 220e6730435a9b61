"""The page, and what answers it."""
