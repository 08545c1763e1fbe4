"""What the window is about: the question that is asked, its history, how the answers are looked at, and sessions."""
