"""All pages: the blueprints of the slices and where the navigation leads."""

from suite.erp.orders import views as orders
from suite.web.shell import Place, Wing

BLUEPRINTS = (orders.blueprint,)
WINGS = (
    Wing("wing-back", "Fulfilment and books", (Place("orders.index", "Orders", "box-seam", "order.read"),)),
)
