"""One numbered SQL file for each change of the stored tables, each opening with the sentence why.

In: a warehouse of an earlier version. Out: the same rows in the tables of now, all files of one upgrade or none.
Elsewhere: the tables as they are now are declared in `pipeline.state_tables`, which a new home gets at once; copying
the warehouse before it is changed is `pipeline.warehouse.upgrade`'s.

A file is never changed once it was released: homes have gone through it. What comes later is a file of its own.
"""
