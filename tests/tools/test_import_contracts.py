"""The import rules that pyproject.toml asks for refuse what they should, and nothing else."""

import pytest

from tools.import_contracts import Doors, PlainRules

ROOMS = ["auth", "media"]


@pytest.mark.parametrize(
    ("importer", "imported", "wrong"),
    [
        ("cnt_grpc.media.rules", "cnt_grpc.auth", False),
        ("cnt_grpc.media.rules", "cnt_grpc.auth.rules", True),
        ("cnt_grpc.dev.seed", "cnt_grpc.auth.tables", True),
        ("cnt_grpc.auth.service", "cnt_grpc.auth.rules", False),
        ("cnt_grpc.media.rules", "cnt_grpc.kit.db", False),
        ("cnt_grpc.app", "cnt_grpc.auth.service", False),
    ],
)
def test_rooms_are_entered_by_their_doors(importer: str, imported: str, wrong: bool) -> None:
    doors = Doors("doors", {}, {"rooms": ROOMS, "keyholders": ["cnt_grpc.app"]})
    assert doors.wrong(importer, imported) is wrong


@pytest.mark.parametrize(
    ("importer", "imported", "wrong"),
    [
        ("cnt_grpc.auth.rules", "grpc", True),
        ("cnt_grpc.auth.rules", "google.protobuf.message", True),
        ("cnt_grpc.auth.queries.accounts", "cnt_grpc.pb.cnt.auth.v1.user_pb2", True),
        ("cnt_grpc.auth.rules", "cnt_grpc.pb.cnt.auth.v1.reason", False),
        ("cnt_grpc.auth.messages", "cnt_grpc.pb.cnt.auth.v1.user_pb2", False),
        ("cnt_grpc.kit.rules", "grpc", False),
    ],
)
def test_rules_know_nothing_of_the_wire(importer: str, imported: str, wrong: bool) -> None:
    plain = PlainRules("plain", {}, {"rooms": ROOMS, "modules": ["rules", "queries", "tables"]})
    assert plain.wrong(importer, imported) is wrong
