"""The worker process that computes, and the messages between it and the window."""
