"""Engines of sound itself: what the microphone gives, and sound files."""
