"""The steps of the set-up; standard library only, readable by Python 3.8."""
