"""`python -m zhoubao`: the command line without an installed script."""

from zhoubao.app import main

if __name__ == "__main__":
    main()
