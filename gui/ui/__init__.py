"""The window: widgets that show what the desk holds, and tell it what the user does."""
