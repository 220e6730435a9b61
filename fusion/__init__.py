"""Emoji Fusion: two emoji in, one new emoji out, by a network that aligns first and then fuses.

Docstrings name what a part follows. "DESIGN section N" is the design of this project, DESIGN.md beside this file:

1. the published network (preset ``unet-se-po``) and its relatives;
2. the shipped network (preset ``fusion``) and what it does differently;
3. the teacher: emoji, recipe families, where training data comes from;
4. the trace: one fusion with every stage kept;
5. words: main subject, layout, alignment accuracy, held-out pairs and emoji;
6. the command line and the API;
7. the page;
8. what was measured before anything was built.
"""
