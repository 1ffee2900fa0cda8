"""Who may knock where: the permission of every route, asked before its view runs.

One line per method and rule: `METHOD rule permission`; `{step}` is the verb in the address, `|` parts
permissions of which one is enough, `-` means everybody who is signed in.
"""

ROUTES = """
GET / -
GET /search -
GET /search/hits -
GET /search/parties party.read
GET /search/products product.read
POST /lines/preview quote.create|order.create|order.change|invoice.create
POST /records/<public_id>/note note.add
GET /records/<public_id>/files/<sha256> -
GET /<any("quotes","orders","deliveries","invoices","credit-notes"):path>/<public_id>/pdf quote.read|order.read|delivery.read|invoice.read|credit_note.read
POST /<any("quotes","orders","deliveries","invoices","credit-notes"):path>/<public_id>/pdf quote.read|order.read|delivery.read|invoice.read|credit_note.read
GET /<any("quotes","orders","deliveries","invoices","credit-notes"):path>/<public_id>/print quote.read|order.read|delivery.read|invoice.read|credit_note.read
POST /logout -
GET /activities activity.read
POST /activities activity.read
GET /activities/new activity.create
POST /activities/new activity.create
GET /activities/<public_id> activity.read
GET /activities/<public_id>/edit activity.edit
POST /activities/<public_id>/edit activity.edit
POST /activities/<public_id>/finish activity.finish
POST /activities/<public_id>/reopen activity.reopen
GET /leads lead.read
POST /leads lead.read
GET /leads/new lead.create
POST /leads/new lead.create
GET /leads/<public_id> lead.read
GET /leads/<public_id>/edit lead.edit
POST /leads/<public_id>/edit lead.edit
GET /leads/<public_id>/convert lead.convert
POST /leads/<public_id>/convert lead.convert
GET /leads/<public_id>/reject lead.reject
POST /leads/<public_id>/reject lead.reject
POST /leads/<public_id>/<any(qualify,reopen):step> lead.{step}
GET /leads/<public_id>/quote lead.quote
POST /leads/<public_id>/quote lead.quote
GET /opportunities opportunity.read
POST /opportunities opportunity.read
GET /pipeline opportunity.read
GET /opportunities/new opportunity.create
POST /opportunities/new opportunity.create
GET /opportunities/<public_id> opportunity.read
GET /opportunities/<public_id>/edit opportunity.edit
POST /opportunities/<public_id>/edit opportunity.edit
POST /opportunities/<public_id>/move opportunity.move
GET /opportunities/<public_id>/lose opportunity.lose
POST /opportunities/<public_id>/lose opportunity.lose
POST /opportunities/<public_id>/<any(win,reopen):step> opportunity.{step}
GET /opportunities/<public_id>/quote opportunity.quote
POST /opportunities/<public_id>/quote opportunity.quote
GET /quotes quote.read
POST /quotes quote.read
GET /quotes/new quote.create
POST /quotes/new quote.create
GET /quotes/<public_id> quote.read
GET /quotes/<public_id>/edit quote.edit
POST /quotes/<public_id>/edit quote.edit
GET /quotes/<public_id>/reject quote.reject
POST /quotes/<public_id>/reject quote.reject
GET /quotes/<public_id>/order-part quote.order
POST /quotes/<public_id>/order-part quote.order
POST /quotes/<public_id>/<any(send,order,accept,copy,discard):step> quote.{step}
GET /orders order.read
POST /orders order.read
GET /orders/new order.create
POST /orders/new order.create
GET /orders/<public_id> order.read
GET /orders/<public_id>/edit order.edit
POST /orders/<public_id>/edit order.edit
GET /orders/<public_id>/change order.change
POST /orders/<public_id>/change order.change
GET /orders/<public_id>/deliver order.deliver
POST /orders/<public_id>/deliver order.deliver
POST /orders/<public_id>/<any(confirm,discard,reserve,close,cancel):step> order.{step}
POST /orders/<public_id>/<any(invoice,"deliver-and-invoice"):step> order.{step}
GET /deliveries delivery.read
POST /deliveries delivery.read
GET /deliveries/<public_id> delivery.read
GET /deliveries/<public_id>/return delivery.return
POST /deliveries/<public_id>/return delivery.return
POST /deliveries/<public_id>/<any(ship,discard,invoice):step> delivery.{step}
GET /returns return.read
POST /returns return.read
GET /returns/<public_id> return.read
POST /returns/<public_id>/<any(receive,discard,credit):step> return.{step}
GET /invoices invoice.read
POST /invoices invoice.read
GET /invoices/new invoice.create
POST /invoices/new invoice.create
GET /invoices/<public_id> invoice.read
GET /invoices/<public_id>/edit invoice.edit
POST /invoices/<public_id>/edit invoice.edit
GET /invoices/<public_id>/post invoice.post
POST /invoices/<public_id>/post invoice.post
POST /invoices/<public_id>/discard invoice.discard
GET /invoices/<public_id>/<any(cancel,"cancel-and-copy"):step> invoice.{step}
POST /invoices/<public_id>/<any(cancel,"cancel-and-copy"):step> invoice.{step}
GET /invoices/<public_id>/correct invoice.correct
POST /invoices/<public_id>/correct invoice.correct
GET /invoices/<public_id>/pay payment.post
POST /invoices/<public_id>/pay payment.post
GET /credit-notes credit_note.read
POST /credit-notes credit_note.read
GET /credit-notes/<public_id> credit_note.read
GET /credit-notes/<public_id>/post credit_note.post
POST /credit-notes/<public_id>/post credit_note.post
POST /credit-notes/<public_id>/discard credit_note.discard
GET /payments payment.read
POST /payments payment.read
GET /payments/new payment.post
POST /payments/new payment.post
GET /payments/<public_id> payment.read
GET /payments/<public_id>/allocate payment.allocate
POST /payments/<public_id>/allocate payment.allocate
POST /payments/<public_id>/reverse payment.reverse
GET /stock stock.read
GET /products/<public_id>/stock stock.receive|stock.correct
POST /products/<public_id>/stock stock.receive|stock.correct
GET /parties party.read
POST /parties party.read
GET /parties/new party.create
POST /parties/new party.create
GET /parties/<public_id> party.read
GET /parties/<public_id>/edit party.edit
POST /parties/<public_id>/edit party.edit
POST /parties/<public_id>/<any(block,unblock):step> party.{step}
GET /parties/<public_id>/contact contact.create
POST /parties/<public_id>/contact contact.create
GET /contacts/<public_id> contact.read
GET /contacts/<public_id>/edit contact.edit
POST /contacts/<public_id>/edit contact.edit
POST /contacts/<public_id>/remove contact.remove
GET /price-lists price_list.read
POST /price-lists price_list.read
GET /price-lists/new price_list.create
POST /price-lists/new price_list.create
GET /price-lists/<public_id> price_list.read
GET /price-lists/<public_id>/edit price_list.edit
POST /price-lists/<public_id>/edit price_list.edit
GET /<any(products,parties,"price-lists"):path>/<public_id>/price price.set
POST /<any(products,parties,"price-lists"):path>/<public_id>/price price.set
POST /<any(products,parties,"price-lists"):path>/<public_id>/end-price price.end
GET /products product.read
POST /products product.read
GET /products/new product.create
POST /products/new product.create
GET /products/<public_id> product.read
GET /products/<public_id>/edit product.edit
POST /products/<public_id>/edit product.edit
POST /products/<public_id>/<any(retire,revive):step> product.{step}
GET /settings company.edit
POST /settings company.edit
GET /settings/numbers number_range.edit
POST /settings/numbers/<kind> number_range.edit
GET /users user.read
GET /users/new user.add
POST /users/new user.add
GET /users/<int:user_id> user.set_roles
POST /users/<int:user_id> user.set_roles
POST /users/<int:user_id>/<any(disable,enable):step> user.{step}
POST /users/<int:user_id>/password user.reset_password
GET /permissions user.read
GET /jobs job.read
POST /jobs/retry job.retry
"""
# (method, rule) → permissions of which one is enough.
PERMISSIONS: dict[tuple[str, str], str] = {
    (method, rule): permission
    for method, rule, permission in (row.split() for row in ROUTES.strip().splitlines())
}


def needed(method: str, rule: str, step: str = "") -> tuple[str, ...] | None:
    """The permissions of which one opens a route, none when everybody may; None when the route is not listed."""
    listed = PERMISSIONS.get(("GET" if method == "HEAD" else method, rule))
    if listed is None:
        return None
    return () if listed == "-" else tuple(listed.format(step=step.replace("-", "_")).split("|"))
