"""Run by Alembic: takes the steps on the connection that `opening` holds locked."""

from alembic import context

from ccs_qa.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite undoes a failed step as well, once the transaction is begun by hand.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
