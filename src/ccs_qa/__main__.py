"""`python -m ccs_qa` is the command `ccs-qa`."""

from ccs_qa.cli.main import app

if __name__ == "__main__":
    app(prog_name="ccs-qa")
