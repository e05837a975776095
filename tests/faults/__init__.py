"""Any file at all may land in the inbox: damaged, hostile or foreign, it is refused with a sentence or read whole."""
