"""Bank details as messages: shown by their last four characters, or in full."""

from typing import Final

from cnt_grpc.payment.messages.moments import stamp
from cnt_grpc.payment.rules.bank import Details
from cnt_grpc.pb.cnt.payment.v1 import bank_pb2

_LAST: Final = 4


def shown(details: Details) -> bank_pb2.BankDetails:
    """As their owner sees them."""
    fields = details.fields
    return bank_pb2.BankDetails(
        account_number_last4=fields["account_number"][-_LAST:],
        ifsc_code_last4=fields["ifsc_code"][-_LAST:],
        swift_code_last4=fields["swift_code"][-_LAST:],
        bank_name=fields["bank_name"],
        account_holder_name=fields["account_holder_name"],
        branch_name=fields["branch_name"],
        is_verified=details.is_verified,
        updated_at=stamp(details.updated_at),
    )


def full(details: Details) -> bank_pb2.FullBankDetails:
    """As an administrator who has a reason sees them."""
    return bank_pb2.FullBankDetails(**details.fields)


def fields(given: bank_pb2.FullBankDetails) -> dict[str, str]:
    """What to seal, codes and numbers in capitals."""
    return {
        "account_number": given.account_number.upper(),
        "ifsc_code": given.ifsc_code.upper(),
        "swift_code": given.swift_code.upper(),
        "bank_name": given.bank_name,
        "account_holder_name": given.account_holder_name,
        "branch_name": given.branch_name,
    }
