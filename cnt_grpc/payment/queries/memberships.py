"""Statements on plans and subscriptions."""

from sqlalchemy import BigInteger, ColumnElement, Executable, Select, Text, Uuid, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond
from cnt_grpc.payment.tables import plans, provider_customers, subscriptions

_plan = plans.c
_sub = subscriptions.c
_OWNER = bindparam("owner_id", type_=BigInteger)
_PLAN = bindparam("plan_id", type_=BigInteger)
_ID = bindparam("subscription_id", type_=BigInteger)
_NAMES = (
    *("name", "description", "amount_minor", "currency", "interval", "trial_days", "entitlements"),
    "position",
)


def _values(*names: str) -> dict[str, ColumnElement[object]]:
    return {name: bindparam(name, type_=plans.c[name].type) for name in names}


@statement
def any_plan() -> Executable:
    """A row if there is any plan."""
    return select(_plan.id).limit(1)


@statement
def insert_plan() -> Executable:
    """A new plan."""
    return insert(plans).values(_values(*_NAMES)).returning(*plans.c)


@statement
def plan_to_change() -> Executable:
    """One plan, locked. Parameter: plan_id."""
    return select(plans).where(_plan.id == _PLAN).with_for_update()


@statement
def offered_plan() -> Executable:
    """One plan that can be subscribed to. Parameter: plan_id."""
    return select(plans).where(_plan.id == _PLAN, _plan.is_active)


@statement
def update_plan() -> Executable:
    """Set all that is changeable of a plan."""
    changed = _values("name", "description", "position", "is_active")
    return update(plans).where(_plan.id == _PLAN).values(changed).returning(*plans.c)


@statement
def plans_page(limit: int, *, every: bool, after: bool) -> Executable:
    """A page of plans in the order of menus; `every`: also those that cannot be subscribed to any more."""
    found = select(plans)
    if not every:
        found = found.where(_plan.is_active)
    if after:
        found = found.where(beyond(_plan.position, _plan.id, ascending=True))
    return found.order_by(_plan.position, _plan.id).limit(limit)


def _shown() -> Select[tuple[object, ...]]:
    of_plan = [each.label(f"plan_{each.name}") for each in plans.c if each.name != "id"]
    return select(subscriptions, *of_plan).join_from(subscriptions, plans, _plan.id == _sub.plan_id)


@statement
def begun_by() -> Executable:
    """The subscription that a call began. Parameters: owner_id, request_id."""
    return _shown().where(_sub.user_id == _OWNER, _sub.request_id == bindparam("request_id", type_=Uuid))


@statement
def own_open() -> Executable:
    """A person's latest subscription that is in its trial, paid or past due. Parameter: owner_id."""
    return (
        _shown()
        .where(_sub.user_id == _OWNER, _sub.status.in_(("trialing", "active", "past_due")))
        .order_by(_sub.id.desc())
        .limit(1)
    )


@statement
def own_pending() -> Executable:
    """Subscriptions that a person began before this one and that wait. Parameters: owner_id, subscription_id."""
    return select(_sub.id).where(_sub.user_id == _OWNER, _sub.status == "pending", _sub.id < _ID).order_by(_sub.id)


@statement
def own_later() -> Executable:
    """A subscription that a person began after this one and that is not over. Parameters: owner_id, subscription_id."""
    return select(_sub.id).where(_sub.user_id == _OWNER, _sub.status != "ended", _sub.id > _ID).limit(1)


@statement
def own_of_page() -> Executable:
    """A person's subscription that was begun on this page. Parameters: owner_id, ref."""
    return _shown().where(_sub.user_id == _OWNER, _sub.checkout_ref == bindparam("ref", type_=Text))


@statement
def subscription() -> Executable:
    """One subscription with its plan. Parameter: subscription_id."""
    return _shown().where(_sub.id == _ID)


@statement
def lock_subscription() -> Executable:
    """When Stripe was asked last about a subscription, locked. Parameter: subscription_id."""
    return select(_sub.checked_at).where(_sub.id == _ID).with_for_update(key_share=True)


@statement
def subscription_of_ref() -> Executable:
    """The id of the subscription that Stripe knows by this name, its own or its page's. Parameter: ref."""
    ref = bindparam("ref", type_=Text)
    return select(_sub.id).where((_sub.provider_ref == ref) | (_sub.checkout_ref == ref))


@statement
def insert_subscription() -> Executable:
    """A subscription to be."""
    names = ("user_id", "plan_id", "request_id", "created_at")
    values = {name: bindparam(name, type_=subscriptions.c[name].type) for name in names}
    return insert(subscriptions).values(values).returning(_sub.id)


@statement
def set_page() -> Executable:
    """The page on which it is begun; how it stands. Parameters: subscription_id, checkout_ref."""
    return (
        update(subscriptions)
        .where(_sub.id == _ID)
        .values(checkout_ref=bindparam("checkout_ref", type_=Text))
        .returning(_sub.status)
    )


@statement
def set_standing() -> Executable:
    """What Stripe has said of a subscription."""
    names = ("provider_ref", "status", "period_end", "cancel_at_period_end", "checked_at")
    values = {name: bindparam(name, type_=subscriptions.c[name].type) for name in names}
    return update(subscriptions).where(_sub.id == _ID).values(values)


@statement
def set_checked() -> Executable:
    """Stripe was asked about it, and knew nothing new. Parameters: subscription_id, checked_at."""
    return update(subscriptions).where(_sub.id == _ID).values(checked_at=bindparam("checked_at", type_=MOMENT))


@statement
def unchecked(limit: int) -> Executable:
    """Subscriptions that are not over and about which Stripe was not asked since `before`."""
    return (
        select(_sub.id)
        .where(
            _sub.status != "ended",
            _sub.checkout_ref.is_not(None),
            (_sub.checked_at.is_(None)) | (_sub.checked_at < bindparam("before", type_=MOMENT)),
        )
        .order_by(_sub.checked_at.asc().nulls_first())
        .limit(limit)
    )


@statement
def customer_of() -> Executable:
    """A person as Stripe knows them. Parameter: owner_id."""
    return select(provider_customers.c.customer_ref).where(provider_customers.c.user_id == _OWNER)


@statement
def note_customer() -> Executable:
    """Note a person as Stripe knows them, and answer what is noted: the first. Parameters: owner_id, customer_ref."""
    values = {"user_id": _OWNER, "customer_ref": bindparam("customer_ref", type_=Text)}
    return (
        upsert(provider_customers)
        .values(values)
        .on_conflict_do_update(index_elements=["user_id"], set_={"user_id": provider_customers.c.user_id})
        .returning(provider_customers.c.customer_ref)
    )
