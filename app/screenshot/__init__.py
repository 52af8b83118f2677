"""A picture of the screen, or of a part of it, by whichever way this system has."""
