// Follows localstripe's Stripe.js in the same script: makes its card element behave like the real one as far as a page can
// tell — labelled fields, `ready` and `change` events with their payload, spaces in the number, and an incomplete or expired
// card refused before any request is made, with Stripe's own codes and messages.

(() => {
  const fields = {
    number: { label: "Card number", placeholder: "1234 1234 1234 1234", autocomplete: "cc-number", size: 19 },
    exp_month: { label: "Expiry month", placeholder: "MM", autocomplete: "cc-exp-month", size: 2 },
    exp_year: { label: "Expiry year", placeholder: "YY", autocomplete: "cc-exp-year", size: 2 },
    cvc: { label: "CVC", placeholder: "CVC", autocomplete: "cc-csc", size: 3 },
    postal_code: { label: "Postal code", placeholder: "ZIP", autocomplete: "postal-code", size: 5 },
  };

  const passesLuhn = (number) =>
    [...number].reverse().reduce((sum, digit, i) => sum + (i % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] : +digit), 0) %
      10 ===
    0;

  const problem = (code, message) => ({ type: "validation_error", code, message });

  function faultOf(inputs) {
    const number = inputs.number.value.replace(/\s/g, "");
    const month = Number(inputs.exp_month.value);
    const year = 2000 + Number(inputs.exp_year.value);
    if (number.length < 16) return problem("incomplete_number", "Your card number is incomplete.");
    if (!/^\d{16}$/.test(number) || !passesLuhn(number))
      return problem("invalid_number", "Your card number is invalid.");
    if (
      !/^\d{1,2}$/.test(inputs.exp_month.value) ||
      !/^\d{2}$/.test(inputs.exp_year.value) ||
      month < 1 ||
      month > 12
    ) {
      return problem("incomplete_expiry", "Your card's expiration date is incomplete.");
    }
    const now = new Date();
    if (year < now.getFullYear() || (year === now.getFullYear() && month < now.getMonth() + 1)) {
      return problem("invalid_expiry_year_past", "Your card's expiration year is in the past.");
    }
    if (!/^\d{3}$/.test(inputs.cvc.value)) return problem("incomplete_cvc", "Your card's security code is incomplete.");
    if (inputs.postal_code.value.trim() === "") return problem("incomplete_zip", "Your postal code is incomplete.");
    return undefined;
  }

  const mount = Element.prototype.mount;
  Element.prototype.mount = function (target) {
    mount.call(this, target);
    const node = this._inputs.number.parentElement;
    const inputs = this._inputs;
    this._domChildren[0].textContent = ""; // the word "localstripe: "
    for (const [name, { label, placeholder, autocomplete, size }] of Object.entries(fields)) {
      const input = inputs[name];
      input.setAttribute("aria-label", label);
      input.setAttribute("placeholder", placeholder);
      input.setAttribute("autocomplete", autocomplete);
      input.setAttribute("inputmode", name === "postal_code" ? "text" : "numeric");
      input.setAttribute("size", size);
      input.setAttribute("data-elements-field", name);
      input.setAttribute("maxlength", name === "postal_code" ? 10 : size);
      const changed = input.oninput;
      input.oninput = (event) => {
        if (name === "number")
          input.value = input.value
            .replace(/\D/g, "")
            .replace(/(.{4})(?=.)/g, "$1 ")
            .slice(0, 19);
        // localstripe moves on at 16 characters, which with spaces is too early: hand it the digits alone.
        const shown = inputs.number.value;
        inputs.number.value = shown.replace(/\s/g, "");
        changed(event);
        inputs.number.value = shown;
      };
    }
    node.classList.add("StripeElement");
    for (const handler of this.listeners.ready || []) queueMicrotask(() => handler({ elementType: "card" }));
  };

  Element.prototype.on = function (event, handler) {
    this.listeners[event] = this.listeners[event] || [];
    this.listeners[event].push(() => {
      const values = Object.values(this._inputs || {}).map((input) => input.value);
      const fault = this._inputs && faultOf(this._inputs);
      handler({
        elementType: "card",
        empty: values.every((value) => value === ""),
        complete: this._inputs !== undefined && fault === undefined,
        // Like Stripe: what is merely incomplete is no error while somebody types.
        error: fault === undefined || fault.code.startsWith("incomplete") ? undefined : fault,
        brand: "visa",
      });
    });
    return this;
  };

  Element.prototype.update = () => {};
  Element.prototype.focus = function () {
    this._inputs?.number.focus();
  };
  Element.prototype.clear = function () {
    for (const input of Object.values(this._inputs || {})) input.value = "";
  };

  const original = Stripe;
  Stripe = window.Stripe = (key) => {
    if (typeof key !== "string" || !key.startsWith("pk_")) throw new Error("Stripe() wants a publishable key, pk_…");
    const stripe = original(key);
    const { confirmCardSetup } = stripe;
    stripe.confirmCardSetup = async (clientSecret, data) => {
      const element = data?.payment_method?.card;
      if (!(element instanceof Element)) return confirmCardSetup(clientSecret, data);
      const fault = element._inputs ? faultOf(element._inputs) : problem("incomplete_number", "The card is not shown.");
      if (fault) return { error: fault };
      const value = element.value;
      // A copy: localstripe writes the card number into what it is given.
      const { card, ...rest } = data.payment_method;
      const result = await confirmCardSetup(clientSecret, {
        payment_method: {
          ...rest,
          card: { ...value.card },
          billing_details: {
            ...rest.billing_details,
            address: { postal_code: value.postal_code, ...rest.billing_details?.address },
          },
        },
      });
      if (result.error instanceof TypeError) {
        return {
          error: { type: "api_connection_error", message: "The payment service cannot be reached. Try again." },
        };
      }
      return result;
    };
    return stripe;
  };
})();
