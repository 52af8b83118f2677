"""Engines that speak, and what makes a text speakable."""
