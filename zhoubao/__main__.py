"""`python -m zhoubao`: the command line without an installed script."""

from zhoubao.cli import app

if __name__ == "__main__":
    app(prog_name="zhoubao")
