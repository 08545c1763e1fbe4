"""The worker process that computes, and the window's end of it."""
