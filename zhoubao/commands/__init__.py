"""One module per command: its options, and how its result looks on the terminal.

In: options and the settings of the hall. Out: lines on the terminal and an exit code.
Elsewhere: the list of commands is in `zhoubao.app`, what they share in `zhoubao.console` and `zhoubao.session`.
"""
