"""The window: widgets that show what the viewer holds, and tell it what the user does."""
