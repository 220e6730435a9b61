"""Training: phases as data, one criterion, one engine."""
