"""Sticker packs: many fusions in the shapes, sizes and limits that chat services document. No torch of its own."""
