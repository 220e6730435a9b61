"""A trace as pictures, numbers and files; nothing here imports torch."""
