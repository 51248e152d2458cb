from app.models.address import Address
from app.models.category import Category
from app.models.coupon import Coupon, CouponKind
from app.models.order import Order, OrderItem, OrderStatus
from app.models.payment import Payment, PaymentProvider, PaymentState
from app.models.product import Product
from app.models.review import Review
from app.models.user import User, UserRole

__all__ = [
    "Address",
    "Category",
    "Coupon",
    "CouponKind",
    "Order",
    "OrderItem",
    "OrderStatus",
    "Payment",
    "PaymentProvider",
    "PaymentState",
    "Product",
    "Review",
    "User",
    "UserRole",
]
