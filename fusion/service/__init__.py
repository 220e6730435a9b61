"""The kitchen for others: stickers, their metadata and searches over HTTP, in the shapes that programs already read."""
