"""The door of the office: what other rooms may use."""

from rapport.office.actors import Actor
from rapport.office.audit import Act, Line, has_line, latest_lines, write_line
from rapport.office.cells import CellError, read_date, read_email, read_moment, read_text
from rapport.office.erasing import (
    forget_changes,
    names_of_employee,
    records_of_employee,
    rename_employee,
)
from rapport.office.permission import ROLES, SIGHTS, VERBS, permits, require
from rapport.office.personal import personal_columns
from rapport.office.put import (
    REASONS,
    Column,
    PutReport,
    RowRejection,
    Sheet,
    Tally,
    check_columns,
    chunks,
    put_rows,
    unknown_reference,
    write_put,
)
from rapport.office.queries import employees, touchpoints, units
from rapport.office.tables import (
    CHUNK,
    Row,
    Slate,
    Table,
    as_moment,
    as_stored,
    one_transaction,
    select_in,
)
from rapport.office.undo import UndoReport, undo_import
from rapport.office.users import (
    DEMO_HOST,
    DemoUser,
    actor_of_user,
    add_user,
    any_user,
    demo_users,
)
from rapport.office.verbs import TABLES, UNITS, put_employees, put_touchpoints, put_units

__all__ = [
    "CHUNK",
    "DEMO_HOST",
    "REASONS",
    "ROLES",
    "SIGHTS",
    "TABLES",
    "UNITS",
    "VERBS",
    "Act",
    "Actor",
    "CellError",
    "Column",
    "DemoUser",
    "Line",
    "PutReport",
    "Row",
    "RowRejection",
    "Sheet",
    "Slate",
    "Table",
    "Tally",
    "UndoReport",
    "actor_of_user",
    "add_user",
    "any_user",
    "as_moment",
    "as_stored",
    "check_columns",
    "chunks",
    "demo_users",
    "employees",
    "forget_changes",
    "has_line",
    "latest_lines",
    "names_of_employee",
    "one_transaction",
    "permits",
    "personal_columns",
    "put_employees",
    "put_rows",
    "put_touchpoints",
    "put_units",
    "read_date",
    "read_email",
    "read_moment",
    "read_text",
    "records_of_employee",
    "rename_employee",
    "require",
    "select_in",
    "touchpoints",
    "undo_import",
    "units",
    "unknown_reference",
    "write_line",
    "write_put",
]
