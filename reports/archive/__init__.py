"""What is kept of a closed month: a sealed bag that proves itself, and the log of all that happened to it."""
