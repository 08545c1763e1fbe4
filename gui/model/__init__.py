"""What the window shows and asks, without widgets."""
