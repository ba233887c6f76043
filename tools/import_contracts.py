"""Two rules of the layout that import-linter has no contract for; pyproject.toml names the rooms they hold for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grimp import ImportGraph

ROOT = "cnt_grpc"


class _DirectImports(Contract):
    """Checks every single import; a subclass says which ones are wrong."""

    def wrong(self, importer: str, imported: str) -> bool:
        """Whether `importer` must not import `imported`."""
        raise NotImplementedError

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 - import-linter's signature
        """Every import that is wrong, with its line."""
        found = [
            f"{importer}:{detail['line_number']}  {detail['line_contents'].strip()}"
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self.wrong(importer, imported)
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Prints a line for each."""
        lines: Iterable[str] = check.metadata["found"]
        for line in lines:
            output.print_error(line, bold=False)


class Doors(_DirectImports):
    """A room is entered by its door: from outside, only what its __init__ exports; `keyholders` may go anywhere."""

    rooms: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]  # a descriptor of theirs
    keyholders: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]

    def wrong(self, importer: str, imported: str) -> bool:
        """Whether the import reaches past another room's __init__."""
        room = _room(imported)
        inside = imported != f"{ROOT}.{room}"
        return (
            inside
            and room in self.rooms
            and _room(importer) != room
            and f"{ROOT}.{_room(importer)}" not in self.keyholders
        )


class PlainRules(_DirectImports):
    """What a room decides and remembers is plain Python: the modules called `modules` speak no gRPC and no protobuf."""

    rooms: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]
    modules: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]

    def wrong(self, importer: str, imported: str) -> bool:
        """Whether a rule imports the wire."""
        plain = _room(importer) in self.rooms and bool(set(importer.split(".")[2:]) & set(self.modules))
        return plain and (imported.split(".", 1)[0] in {"grpc", "google"} or imported.endswith(("_pb2", "_pb2_grpc")))


def _room(module: str) -> str:
    """The second part of a module's name: `auth` of cnt_grpc.auth.rules, "" of an outside module."""
    parts = module.split(".")
    return parts[1] if parts[0] == ROOT and len(parts) > 1 else ""
