"""What every operation of the API keeps to, so that a family of operations is only its own words.

`door.py` is what each request passes: who asks, how often, once only. `problems.py` is what goes
wrong, `paging.py` and `formats.py` are how much of it and in which form, `assembly.py` puts the
families of `rest` together and describes them.
"""
