"""The emoji: look-up, search, drawing, and pictures of a person's own."""
