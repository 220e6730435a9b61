"""The ways to fuse two emoji, one file a family."""
