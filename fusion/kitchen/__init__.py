"""Real stickers, for those who have them: metadata, a polite resumable download, matching, tensors.

No sticker is part of this project. Whoever owns or may use stickers in the public emoji-kitchen layout can fetch
them into a folder of their own and train on them next to the teacher (``train --kitchen DIR``).

Source: DESIGN section 3.
"""
