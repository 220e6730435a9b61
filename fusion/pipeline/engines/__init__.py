"""Other ways to run the network: an accelerated copy, recorded CUDA graphs."""
