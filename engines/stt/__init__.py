"""Engines that turn speech into text, and what they share."""
