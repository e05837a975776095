"""What is a hall's own: the words of its hall.toml, and which of its files stand before those of the program.

In: the folder that `hall` names. Out: typed words for `pipeline.settings`, and the files in force of each kind.
Elsewhere: what the files mean, their own rooms know; whether a folder is well made, `pipeline.doctor.hall_folder`.
"""
