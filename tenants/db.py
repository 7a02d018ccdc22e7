"""The only database handle: Model, BelongsToSchool, and the listener that names the school.

Nothing here trusts the caller to have filtered: every transaction begins by taking a role that can
see only what its binding allows, and the row policies (policies.py) do the rest.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import BigInteger, ForeignKey, Identity, Integer, MetaData, bindparam, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.pool import ConnectionPoolEntry, Pool, PoolProxiedConnection

from tenants.context import BINDING, UNTOLD, NoSchool, current_school_id

# In a session's info: the running transaction may no longer have the role of its binding.
UNNAMED = "unnamed"
_ENDS_OF_SAVEPOINTS = ("ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT")

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)


class WalledSession(FlaskSession):
    """A session that touches no connection before somebody has said whose data may be touched."""

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Any = None, **more: Any
    ) -> Engine | Connection:
        binding = self.info.get(BINDING)
        if binding is None:
            raise NoSchool("Nobody has said whose data may be touched.")
        if self.info.pop(UNNAMED, False) and self.in_transaction():
            self.connection().info[UNTOLD] = binding.statement
        return super().get_bind(mapper, clause, bind, **more)


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"class_": WalledSession, "expire_on_commit": False},
)
if TYPE_CHECKING:  # Flask-SQLAlchemy makes it from Base at run time

    class Model(Base):
        __abstract__ = True

else:
    Model = db.Model


class BelongsToSchool:
    """A row of one school. Its key is (school_id, id), so no reference can cross schools."""

    @declared_attr
    @classmethod
    def school_id(cls) -> Mapped[int]:
        return mapped_column(
            ForeignKey("schools.id"), primary_key=True, default=current_school_id, sort_order=-20
        )

    @declared_attr
    @classmethod
    def id(cls) -> Mapped[int]:
        return mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-19)


@event.listens_for(db.session, "after_begin")
def _name_the_school(
    session: Session, transaction: SessionTransaction, connection: Connection
) -> None:
    connection.info[UNTOLD] = session.info[BINDING].statement


@event.listens_for(Engine, "do_execute")
@event.listens_for(Engine, "do_execute_no_params")
def _tell_it_first(cursor: Any, statement: str, *rest: Any) -> bool | None:
    """The binding goes ahead of the statement, in one message: a page changes its role three times,
    and each time by itself would be a way to the database and back."""
    *parameters, context = rest
    info = _info(context)
    # What ends a savepoint may be all that a broken transaction takes; it is told after that.
    if UNTOLD not in info or statement.startswith(_ENDS_OF_SAVEPOINTS):
        return None
    if cursor.name is not None:  # a cursor of the server is opened by a statement of its own
        _tell_by_itself(cursor, info)
        return None
    cursor.execute(f"{info[UNTOLD]}; {statement}", *parameters)
    # Not before: what psycopg2 refuses to send has told nobody.
    del info[UNTOLD]
    return True


@event.listens_for(Engine, "do_executemany")
def _tell_it_before_many(cursor: Any, statement: str, parameters: Any, context: Any) -> None:
    info = _info(context)
    if UNTOLD in info:
        _tell_by_itself(cursor, info)


def _info(context: Any) -> dict[Any, Any]:
    try:
        found: dict[Any, Any] = context.root_connection.info
    except NotImplementedError:
        # SQLAlchemy looks around on its first connection to a server, before it is in a pool.
        return {}
    return found


def _tell_by_itself(cursor: Any, info: dict[Any, Any]) -> None:
    with cursor.connection.cursor() as other:
        other.execute(info[UNTOLD])
    del info[UNTOLD]


@event.listens_for(Pool, "checkin")
def _nothing_is_left_to_tell(connection: object, record: ConnectionPoolEntry) -> None:
    record.info.pop(UNTOLD, None)


@event.listens_for(db.session, "after_soft_rollback")
def _name_it_again(session: Session, previous: SessionTransaction) -> None:
    """A savepoint that is rolled back takes the SET LOCAL made since with it. No statement can be
    sent while it ends, so the next one is preceded by it."""
    session.info[UNNAMED] = previous.nested


# Its value is asked for as a statement is sent: so the same statement serves every school.
_ACTED_IN = bindparam("school_acted_in", type_=Integer, callable_=current_school_id)
_ONLY_THIS_SCHOOL = with_loader_criteria(
    BelongsToSchool, lambda row: row.school_id == _ACTED_IN, include_aliases=True
)
# SQLAlchemy reads a statement through before it finds how it was compiled, and remembers that with
# the statement: one that is kept and sent again is narrowed once (a quarter of the time of a list).
_narrowed: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


@event.listens_for(db.session, "do_orm_execute")
def _only_this_school(state: ORMExecuteState) -> None:
    """Add `school_id = …` to every statement: the index is found and the policy is the net."""
    binding = state.session.info.get(BINDING)
    if binding is None or binding.school_id is None or state.is_relationship_load:
        return
    if state.is_select or state.is_update or state.is_delete:
        state.statement = _narrow(state.statement)


def _narrow(statement: Any) -> Any:
    found = _narrowed.get(statement)
    if found is None:
        found = _narrowed[statement] = statement.options(_ONLY_THIS_SCHOOL)
    return found


@event.listens_for(Pool, "connect")
def _note_the_process(connection: object, record: ConnectionPoolEntry) -> None:
    record.info["process"] = os.getpid()


@event.listens_for(Pool, "checkout")
def _not_from_another_process(
    connection: object, record: ConnectionPoolEntry, proxy: PoolProxiedConnection
) -> None:
    """The net for a fork that forgot to forget: what its parent opened is not used, nor closed."""
    if record.info["process"] != os.getpid():
        record.dbapi_connection = proxy.dbapi_connection = None  # type: ignore[misc]
        raise DisconnectionError("This connection belongs to another process.")


def forget_connections() -> None:
    """First thing in every forked child: an inherited connection reads other people's rows."""
    for engine in db.engines.values():
        engine.dispose(close=False)
