"""Where other programs keep models, and what lies there. Nothing is ever written or moved."""
