"""What stands in front of the starter: requests whose form leaves no doubt need no model.

Nothing here knows the engine: text goes in, a decision comes out, always the same one.
"""
