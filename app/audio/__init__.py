"""Microphone and loudspeaker: `sound.Sound` for the window, and the process that it runs.

QtMultimedia lives in that process (`__main__`), because the sound system of a computer comes and
goes, and where it goes away Qt 6.12 ends the whole program (libpulse: "Assertion 'c' failed").
"""
