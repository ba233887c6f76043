# Generated from cnt/payment/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.payment.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call to the payment room failed, as it stands in google.rpc.ErrorInfo.reason without the prefix REASON_."""

    # The wallet has fewer coins than this costs. FAILED_PRECONDITION.
    INSUFFICIENT_COINS = "INSUFFICIENT_COINS"
    # No such gift, or one that is not given any more. NOT_FOUND.
    GIFT_NOT_FOUND = "GIFT_NOT_FOUND"
    # Nobody gives to themselves. FAILED_PRECONDITION.
    GIFT_TO_ONESELF = "GIFT_TO_ONESELF"
    # Gifts in live streams are not available: this server has no live streams. FAILED_PRECONDITION.
    STREAM_GIFTS_NOT_CONFIGURED = "STREAM_GIFTS_NOT_CONFIGURED"
    # No such coin package, or one that is not sold any more. NOT_FOUND.
    COIN_PACKAGE_NOT_FOUND = "COIN_PACKAGE_NOT_FOUND"
    # No such discount code, or none for this person. NOT_FOUND.
    DISCOUNT_CODE_NOT_FOUND = "DISCOUNT_CODE_NOT_FOUND"
    # Another discount code reads the same. ALREADY_EXISTS.
    DISCOUNT_CODE_TAKEN = "DISCOUNT_CODE_TAKEN"
    # The code is not valid yet, or no longer. FAILED_PRECONDITION.
    DISCOUNT_CODE_EXPIRED = "DISCOUNT_CODE_EXPIRED"
    # The code has been used as often as it may be. FAILED_PRECONDITION.
    DISCOUNT_CODE_USED_UP = "DISCOUNT_CODE_USED_UP"
    # The person has used the code as often as each person may. FAILED_PRECONDITION.
    DISCOUNT_CODE_USED = "DISCOUNT_CODE_USED"
    # The code does not suit this purchase: another package, another currency, or too small. FAILED_PRECONDITION.
    DISCOUNT_CODE_UNSUITABLE = "DISCOUNT_CODE_UNSUITABLE"
    # These codes cannot be used together. FAILED_PRECONDITION.
    DISCOUNT_CODES_NOT_STACKABLE = "DISCOUNT_CODES_NOT_STACKABLE"
    # Another thing of this kind has this name. ALREADY_EXISTS.
    OFFER_NAME_TAKEN = "OFFER_NAME_TAKEN"
    # The platform does not take this currency. INVALID_ARGUMENT.
    CURRENCY_UNSUPPORTED = "CURRENCY_UNSUPPORTED"
    # The creator has earned less than this. FAILED_PRECONDITION.
    INSUFFICIENT_EARNINGS = "INSUFFICIENT_EARNINGS"
    # The server has no account at Stripe: the setting that is named is not set. FAILED_PRECONDITION.
    STRIPE_NOT_CONFIGURED = "STRIPE_NOT_CONFIGURED"
    # The provider does not take this: too small for its currency, say, or a country that it does not serve.
    # FAILED_PRECONDITION.
    PROVIDER_REFUSED = "PROVIDER_REFUSED"
    # No such donation, or none of the caller's. NOT_FOUND.
    DONATION_NOT_FOUND = "DONATION_NOT_FOUND"
    # The donation is not paid, so that there is no receipt. FAILED_PRECONDITION.
    DONATION_NOT_PAID = "DONATION_NOT_PAID"
    # No such payment. NOT_FOUND.
    PAYMENT_NOT_FOUND = "PAYMENT_NOT_FOUND"
    # The payment is not paid, or less of it is left than shall go back. FAILED_PRECONDITION.
    PAYMENT_NOT_REFUNDABLE = "PAYMENT_NOT_REFUNDABLE"
    # The event is not signed by its provider, or at another time. INVALID_ARGUMENT.
    WEBHOOK_SIGNATURE_INVALID = "WEBHOOK_SIGNATURE_INVALID"
    # No bank details are kept. NOT_FOUND.
    BANK_DETAILS_NOT_FOUND = "BANK_DETAILS_NOT_FOUND"
    # Bank details are kept already. ALREADY_EXISTS.
    BANK_DETAILS_EXIST = "BANK_DETAILS_EXIST"
    # The server cannot seal bank details: BANK_KEYS is not set. FAILED_PRECONDITION.
    BANK_KEYS_NOT_CONFIGURED = "BANK_KEYS_NOT_CONFIGURED"
    # There is an account with this provider already. ALREADY_EXISTS.
    PAYMENT_ACCOUNT_EXISTS = "PAYMENT_ACCOUNT_EXISTS"
    # No such account, or none of the caller's. NOT_FOUND.
    PAYMENT_ACCOUNT_NOT_FOUND = "PAYMENT_ACCOUNT_NOT_FOUND"
    # No money can go to this account: its provider wants to know more first. FAILED_PRECONDITION.
    PAYMENT_ACCOUNT_INACTIVE = "PAYMENT_ACCOUNT_INACTIVE"
    # Something is owed; payouts wait until it is paid back. FAILED_PRECONDITION.
    PAYOUT_BLOCKED_BY_DEBT = "PAYOUT_BLOCKED_BY_DEBT"
    # No such plan, or one that cannot be subscribed to any more. NOT_FOUND.
    PLAN_NOT_FOUND = "PLAN_NOT_FOUND"
    # There is a subscription already. ALREADY_EXISTS.
    SUBSCRIPTION_EXISTS = "SUBSCRIPTION_EXISTS"
    # No such subscription, or none of the caller's. NOT_FOUND.
    SUBSCRIPTION_NOT_FOUND = "SUBSCRIPTION_NOT_FOUND"
    # The server has no account at PayPal: the setting that is named is not set. FAILED_PRECONDITION.
    PAYPAL_NOT_CONFIGURED = "PAYPAL_NOT_CONFIGURED"
    # In a live stream gifts go to who gives it. FAILED_PRECONDITION.
    GIFT_NOT_TO_HOST = "GIFT_NOT_TO_HOST"
    # No such recurring donation, or none of the caller's. NOT_FOUND.
    RECURRING_DONATION_NOT_FOUND = "RECURRING_DONATION_NOT_FOUND"
    # The recurring donation is over. FAILED_PRECONDITION.
    RECURRING_DONATION_ENDED = "RECURRING_DONATION_ENDED"
    # This is no name of an account with this provider. INVALID_ARGUMENT.
    PAYMENT_ACCOUNT_INVALID = "PAYMENT_ACCOUNT_INVALID"
    # What was begun under this request_id is over: ask again under a new one. FAILED_PRECONDITION.
    PAYMENT_OVER = "PAYMENT_OVER"
    # More was given in that year than one statement names. FAILED_PRECONDITION.
    GIVING_STATEMENT_TOO_LONG = "GIVING_STATEMENT_TOO_LONG"
