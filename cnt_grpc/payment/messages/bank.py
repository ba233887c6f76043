"""Bank details as messages: shown by their last four characters, or in full."""

from cnt_grpc.payment.messages.moments import stamp
from cnt_grpc.payment.rules.bank import Details, shorten
from cnt_grpc.pb.cnt.payment.v1 import bank_pb2


def shown(details: Details) -> bank_pb2.BankDetails:
    """As their owner sees them."""
    fields = details.fields
    return bank_pb2.BankDetails(
        account_number_last4=shorten("account_number", fields["account_number"]),
        ifsc_code_last4=shorten("ifsc_code", fields["ifsc_code"]),
        swift_code_last4=shorten("swift_code", fields["swift_code"]),
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
