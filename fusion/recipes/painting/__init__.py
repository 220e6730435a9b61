"""Recipes as pictures: parts, cached sprites, and the painting itself."""
