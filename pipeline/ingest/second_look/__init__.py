"""Reads the cells of a loaded delivery once more, simply, and refuses it where they differ from what was loaded.

In: the file, where the loaded rows stand in it, the rows before they count. Out: nothing, or a refusal with the place.
Elsewhere: what cells mean in `cells`, how rows are loaded in `load`; nothing here uses their reading of cells or files.
"""
