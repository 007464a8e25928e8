"""What the API takes and gives: the contract room, under the name the routes know it by."""

from ccs_qa.contract.schemas import *  # noqa: F403 - every schema is part of it
