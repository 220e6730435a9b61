"""What an emoji is made of: its layers, disc, eyes, seats and regions, measured once."""
