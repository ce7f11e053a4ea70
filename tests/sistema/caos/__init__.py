"""Chaos: a whole system is worked on while its parts are killed, paused and cut off; nothing is lost or doubled.

    make caos ARGS="--seed 7 --operaciones 2000 --db postgresql"

What is done and what breaks follows from the seed; when exactly does not.
"""
