"""Runs localstripe for the local service: python server.py <port> [<state file>].

Differences from `localstripe --port <port>`, each closer to Stripe itself:

- listens on 127.0.0.1 only, and keeps its objects in the state file, or in memory without one (the original reads and
  writes a pickle in the shared temporary directory, which any user could plant and two runs would fight over);
- prices: `items[].price` is understood, subscription items show theirs, and /v1/prices/{id} answers;
- a card is set up only for a customer that there is;
- a declined card is a `card_error`, `error_if_incomplete` leaves no subscription behind, and a confirmed setup intent
  attaches its card to the customer;
- webhooks are tried again, each time under a fresh timestamp and signature, while nobody answers 2xx;
- changed subscriptions are announced, and paid invoices by `invoice.paid` too; invoices say whether they are a subscription's first;
- customers can be searched by metadata;
- a repeated idempotency key is answered as it was the first time, and refused (409) while that one is at work;
- invoices say by what they were paid, a payment is refunded once, and a refund may have a reason;
- Stripe.js is followed by stripe-elements.js, which makes the card fields usable;
- what Stripe does not have (`/_config`: webhooks, forgetting everything) is for programs of this machine, not for web pages, and
  no other name than this machine's is answered (DNS rebinding).
"""
import asyncio
import hashlib
import hmac
import json
import os
import pathlib
import pickle
import re
import sys
import time

import aiohttp
from aiohttp import web
from localstripe import errors, resources, server, webhooks

STATE = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None


def dump_to_disk(self):
    if STATE is not None:
        new = STATE.with_suffix('.new')
        new.write_bytes(pickle.dumps(self, protocol=pickle.HIGHEST_PROTOCOL))
        new.replace(STATE)


resources.Store.dump_to_disk = dump_to_disk


# Prices ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

def price_of(plan):
    return {
        'id': plan.id, 'object': 'price', 'active': plan.active, 'billing_scheme': plan.billing_scheme,
        'created': plan.created, 'currency': plan.currency, 'livemode': False, 'lookup_key': None,
        'metadata': plan.metadata, 'nickname': plan.nickname, 'product': plan.product, 'type': 'recurring',
        'recurring': {'interval': plan.interval, 'interval_count': plan.interval_count,
                      'trial_period_days': plan.trial_period_days, 'usage_type': plan.usage_type},
        'unit_amount': plan.amount, 'unit_amount_decimal': str(plan.amount),
    }


def with_plans(items):
    return items and [{('plan' if key == 'price' else key): value for key, value in item.items()} for item in items]


subscription_init = resources.Subscription.__init__
subscription_update = resources.Subscription._update


def init(self, items=None, default_payment_method=None, collection_method=None, payment_settings=None,
         off_session=None, description=None, **rest):
    subscription_init(self, items=with_plans(items), **rest)


def update(self, items=None, **rest):
    subscription_update(self, items=with_plans(items), **rest)
    resources.schedule_webhook(resources.Event('customer.subscription.updated', self))


invoice_paid = resources.Invoice._on_payment_success


def reason_of(invoice):
    """`subscription_create` or `subscription_cycle`, as a subscription's invoices say at Stripe; localstripe leaves it out."""
    if not invoice.subscription:
        return None
    earlier = [one for key, one in resources.store.items() if key.startswith('invoice:')
               and one.subscription == invoice.subscription and one.id != invoice.id and one.created <= invoice.created]
    return 'subscription_cycle' if earlier else 'subscription_create'


def on_payment_success(self):
    self.billing_reason = reason_of(self)
    invoice_paid(self)
    resources.schedule_webhook(resources.Event('invoice.paid', self))


resources.Invoice._on_payment_success = on_payment_success

create_invoice = resources.Subscription._create_invoice


def create_invoice_or_refuse(self):
    """`error_if_incomplete` means: no subscription at all when its first payment fails. localstripe keeps it."""
    create_invoice(self)
    if self.status == 'incomplete' and not self._enable_incomplete_payments:
        del resources.store['subscription:' + self.id]
        charge = resources.Invoice._api_retrieve(self.latest_invoice).charge if self.latest_invoice else None
        if charge is not None and charge.status == 'failed':
            raise errors.UserError(402, charge.failure_message, {'code': charge.failure_code, 'charge': charge.id})
        raise errors.UserError(402, 'The first payment needs an action of the customer.',
                               {'code': 'subscription_payment_intent_requires_action'})


resources.Subscription._create_invoice = create_invoice_or_refuse
resources.Subscription.__init__ = init
resources.Subscription._update = update
resources.SubscriptionItem.price = property(lambda self: price_of(self.plan))
resources.SubscriptionItem.current_period_start = property(lambda self: self._current_period()['start'])
resources.SubscriptionItem.current_period_end = property(lambda self: self._current_period()['end'])


async def get_price(request):
    return server.json_response(price_of(resources.Plan._api_retrieve(request.match_info['id'])))


# Cards ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

user_error_init = errors.UserError.__init__


def error_init(self, code, message=None, contents=None):
    kind = (contents or {}).get('type')
    user_error_init(self, code, message, contents)
    if kind is not None:
        self.body['error']['type'] = kind
    if code == 402:
        self.body['error'].update(type='card_error', decline_code='generic_decline')


errors.UserError.__init__ = error_init

attach = resources.SetupIntent._attach_pm


def attach_to_customer(self, method):
    attach(self, method)
    if self.status == 'succeeded' and self.customer is not None:
        method.customer = self.customer


resources.SetupIntent._attach_pm = attach_to_customer

setup_intent_init = resources.SetupIntent.__init__


def setup_init(self, customer=None, automatic_payment_methods=None, description=None, **rest):
    if customer is not None and resources.store.get('customer:' + customer) is None:
        raise errors.UserError(400, "No such customer: '%s'" % customer,
                               {'code': 'resource_missing', 'param': 'customer'})
    setup_intent_init(self, customer=customer, **rest)


resources.SetupIntent.__init__ = setup_init


# Search ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

async def search_customers(request):
    """Of Stripe's query language: metadata['name']:'value', several joined by AND."""
    clauses = re.findall(r"""metadata\['((?:[^'\\]|\\.)*)'\]:'((?:[^'\\]|\\.)*)'""", request.query['query'])
    if len(clauses) != len(request.query['query'].split(' AND ')):
        raise errors.UserError(400, 'We were unable to parse your search query.')
    wanted = [tuple(re.sub(r'\\(.)', r'\1', text) for text in clause) for clause in clauses]
    found = [one._export() for key, one in resources.store.items() if key.startswith('customer:')
             and all(one.metadata.get(name) == value for name, value in wanted)]
    return server.json_response({'object': 'search_result', 'data': found, 'has_more': False, 'next_page': None,
                                 'url': '/v1/customers/search'})


# Refunds ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

refund_init = resources.Refund.__init__


def init_refund(self, charge=None, payment_intent=None, reason=None, **rest):
    intent = resources.PaymentIntent._api_retrieve(payment_intent) if payment_intent else None
    paid = resources.Charge._api_retrieve(charge) if charge else intent.latest_charge
    if paid is not None and paid.refunded:
        raise errors.UserError(400, 'Charge %s has already been refunded.' % paid.id,
                               {'code': 'charge_already_refunded'})
    refund_init(self, charge=charge, payment_intent=payment_intent, **rest)
    self.reason = reason


resources.Refund.__init__ = init_refund


async def list_invoice_payments(request):
    invoice = resources.Invoice._api_retrieve(request.query['invoice'])
    payments = [] if invoice.payment_intent is None or invoice.status != 'paid' else [{
        'id': 'inpay_' + invoice.id, 'object': 'invoice_payment', 'invoice': invoice.id, 'status': 'paid',
        'amount_paid': invoice.amount_paid, 'currency': invoice.currency, 'is_default': True, 'livemode': False,
        'created': invoice.created,
        'payment': {'type': 'payment_intent', 'payment_intent': invoice.payment_intent},
    }]
    return server.json_response({'object': 'list', 'data': payments, 'has_more': False, 'url': '/v1/invoice_payments'})


# Idempotency ────────────────────────────────────────────────────────────────────────────────────────────────────────────

answers = {}


@web.middleware
async def idempotent(request, handler):
    key = request.headers.get('Idempotency-Key')
    if key is None or request.method != 'POST':
        return await handler(request)
    asked = (request.path, await request.text())
    if key in answers:
        before, answer = answers[key]
        if before != asked:
            raise errors.UserError(400, 'Keys for idempotent requests can only be used with the same parameters '
                                   'they were first used with.', {'type': 'idempotency_error'})
        if answer is None:
            raise errors.UserError(409, 'Another request with this idempotency key is at work.',
                                   {'code': 'idempotency_key_in_use'})
        return web.Response(body=answer[1], status=answer[0], content_type='application/json')
    answers[key] = (asked, None)
    try:
        answer = await handler(request)
    except errors.UserError as error:
        answer = error.to_response()
    except BaseException:
        del answers[key]
        raise
    answers[key] = (asked, (answer.status, answer.body))
    return answer


# Webhooks ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

TRIES = 8


async def deliver(hook, event):
    payload = json.dumps(event._export(), indent=2, sort_keys=True).encode()
    for attempt in range(TRIES):
        await asyncio.sleep(min(0.2 * 2 ** attempt, 15))
        now = int(time.time())
        signature = hmac.new(hook.secret.encode(), b'%d.%s' % (now, payload), hashlib.sha256).hexdigest()
        headers = {'Content-Type': 'application/json; charset=utf-8',
                   'Stripe-Signature': 't=%d,v1=%s' % (now, signature)}
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
                async with session.post(hook.url, data=payload, headers=headers, allow_redirects=False) as answer:
                    outcome = answer.status
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            outcome = repr(error)
        print('webhook %s %s, try %d: %s' % (event.type, event.id, attempt + 1, outcome), flush=True)
        if isinstance(outcome, int) and 200 <= outcome < 300:
            return


async def deliver_to_all(event):
    hooks = [hook for hook in webhooks._webhooks.values() if hook.events is None or event.type in hook.events]
    await asyncio.gather(*(deliver(hook, event) for hook in hooks))


webhooks._send_webhook = deliver_to_all


# Stripe.js ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

async def stripe_js(request):
    scripts = (pathlib.Path(server.__file__).with_name('localstripe-v3.js'),
               pathlib.Path(__file__).with_name('stripe-elements.js'))
    return web.Response(text='\n'.join(path.read_text() for path in scripts), content_type='application/javascript',
                        headers={'Cache-Control': 'no-cache'})


@web.middleware
async def own_routes(request, handler):
    """Routes of ours come before localstripe's, which are registered already; `auth_middleware` has run by then."""
    if request.path == '/js.stripe.com/v3/' and request.method == 'GET':
        return await stripe_js(request)
    if request.path == '/v1/customers/search' and request.method == 'GET':
        return await search_customers(request)
    return await handler(request)


@web.middleware
async def no_pages(request, handler):
    if request.host.rsplit(':', 1)[0].lower() not in ('localhost', '127.0.0.1', '[::1]'):
        return web.Response(status=421, text='This answers at localhost and 127.0.0.1 only.\n')
    from_page = 'Origin' in request.headers or request.headers.get('Sec-Fetch-Site', 'none') != 'none'
    if from_page and request.path.startswith('/_config'):
        return web.Response(status=403, text='This answers programs of this machine only.\n')
    return await handler(request)


server.app.middlewares.append(own_routes)
server.app.middlewares.append(idempotent)
server.app.router.add_get('/v1/invoice_payments', list_invoice_payments)
server.app.middlewares.insert(0, no_pages)
server.app.router.add_get('/v1/prices/{id}', get_price)

if __name__ == '__main__':
    os.umask(0o077)
    if STATE is not None and STATE.exists():
        dict.update(resources.store, pickle.loads(STATE.read_bytes()))
    web.run_app(server.app, host='127.0.0.1', port=int(sys.argv[1]), print=None)
