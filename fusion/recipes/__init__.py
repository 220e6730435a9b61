"""The procedural teacher: anatomy of an emoji, recipe families, the router that chooses one, and the painter."""
