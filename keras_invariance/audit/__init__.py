"""Offline audits: verdicts on any saved model over any data set, written as they come."""
